import { readFileSync } from "node:fs";
import { columnRange, csv, scaleToRange } from "../../src/data/index.ts";
import { FormatError, ShapeError, ValueError } from "../../src/util/errors.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { readData, withData } from "../harness/data.ts";
import { suite } from "../harness/suite.ts";

suite("data: csv", (test) => {
  test("numbers without a header", () => {
    const table = csv("1,2.5,-3\n4e2,.5,+6\n");
    assertEqual([table.rows, table.names], [2, ["column 0", "column 1", "column 2"]]);
    assertEqual(table.numbers(), Float32Array.of(1, 2.5, -3, 400, 0.5, 6));
    assertEqual(table.numbers([2, 0]), Float32Array.of(-3, 1, 6, 400));
  });
  test("a header is found where the first line has no number and the second has", () => {
    assertEqual(csv("a,b\n1,2\n").names, ["a", "b"]);
    assertEqual(csv("a,b\n1,2\n").rows, 1);
    assertEqual(csv("5.1,3.5,setosa\n4.9,3.0,setosa").rows, 2);
    assertEqual(csv("species,sepal\nsetosa,1").names, ["species", "sepal"]);
    assertEqual(csv("x,y\nz,w").rows, 2);
    assertEqual(csv("a,b").rows, 0);
  });
  test("header: true and false decide", () => {
    assertEqual(csv("1,2\n3,4", { header: true }).names, ["1", "2"]);
    assertEqual(csv("a,b\n1,2", { header: false }).column(0), ["a", "1"]);
  });
  test("quotes: separators, line ends, doubled quotes, empty cells; CRLF, byte order mark, blank lines", () => {
    const text = '\ufeff"a, b","say ""hi""",c\r\n\r\n1,2,"x\r\ny"\r\n3,,""';
    const table = csv(text);
    assertEqual(table.names, ["a, b", 'say "hi"', "c"]);
    assertEqual(table.column("c"), ["x\r\ny", ""]);
    assertEqual(table.column('say "hi"'), ["2", ""]);
  });
  test("empty cells at line ends and a last line without an end", () => {
    assertEqual(csv("1,\n2,", { header: false }).column(1), ["", ""]);
    assertEqual(csv('"1"\n"2"').numbers(), Float32Array.of(1, 2));
  });
  test("separators are found, or given", () => {
    assertEqual(csv("a;b\n1;2").numbers(), Float32Array.of(1, 2));
    assertEqual(csv("1\t2\n3\t4").rows, 2);
    assertEqual(csv('"x;y;z",1\n"u",2').column(0), ["x;y;z", "u"]);
    assertEqual(csv("1|2", { separator: "|" }).numbers(), Float32Array.of(1, 2));
    for (const separator of ["", "ab", '"', "\n"]) assertThrows(() => csv("1", { separator }), ValueError, /separator/);
  });
  test("bytes are read as UTF-8", () => {
    assertEqual(csv(new TextEncoder().encode("größe,n\n1,2")).names, ["größe", "n"]);
  });
  test("the last column as class: names sorted, numbers as numbers", () => {
    const table = csv("x,y,kind\n1,2,b\n3,4,a\n5,6,b\n");
    const { inputs, labels, classes, count, width } = table.withClasses();
    assertEqual([classes, [...labels], count, width], [["a", "b"], [1, 0, 1], 3, 2]);
    assertEqual(inputs, Float32Array.of(1, 2, 3, 4, 5, 6));
    const digits = csv("1,10\n1,9\n1,0\n1,10").withClasses();
    assertEqual(
      [digits.classes, [...digits.labels]],
      [
        ["0", "9", "10"],
        [2, 1, 0, 2],
      ],
    );
    assertEqual([...csv("b,1\na,2", { header: false }).withClasses({ column: 0 }).labels], [1, 0]);
  });
  test("the classes of the training table give the labels of the test table", () => {
    const { classes } = csv("1,a\n1,b\n1,c").withClasses();
    assertEqual([...csv("5,c\n6,a").withClasses({ classes }).labels], [2, 0]);
    const strange = csv("5,c\n6,d");
    assertThrows(
      () => strange.withClasses({ classes }),
      FormatError,
      /line 2: expected one of the classes a, b, c, got "d"/,
    );
  });
  test("bad cells, rows, quotes and columns say where", () => {
    assertThrows(() => csv("a,b\n1,2\n3,x").numbers(), FormatError, /line 3, column "b": expected a number, got "x"/);
    assertThrows(() => csv("1,2\n3,").numbers(), FormatError, /line 2, column "column 1".*got ""/);
    for (const text of ["0x10", "Infinity", "1e", ".", "1 2", "NaN"]) {
      assertThrows(() => csv(`1\n${text}`).numbers(), FormatError, /expected a number/);
    }
    assertThrows(() => csv("1,2\n\n3"), FormatError, /line 3: expected 2 cells as in the first, got 1/);
    assertThrows(() => csv('1,"2\n3'), FormatError, /line 1: expected a closing quote/);
    assertThrows(() => csv('"1"2,3'), FormatError, /line 1: expected a separator after the closing quote/);
    assertThrows(() => csv('a,b\n"x\ny",1\n2').numbers(), FormatError, /line 4/);
    assertThrows(() => csv("width,height\n1,2").column("heigth"), ValueError, /Did you mean "height"/);
    assertThrows(() => csv("1,2").column(2), ValueError, /\[0, 1\]/);
  });
  test("nothing to read, wrong options", () => {
    for (const text of ["", "\n\n", "\ufeff"]) assertThrows(() => csv(text), FormatError, /empty/);
    assertThrows(() => csv(3 as never), ValueError, /source/);
    assertThrows(() => csv("1", { header: "yes" } as never), ValueError, /header/);
    assertThrows(() => csv("1", { sep: "," } as never), ValueError, /separator/);
  });
  test("types are found, or given; missing values are null", () => {
    const table = csv('name,age,member,code\n"Ann, B.",31,true,007\nBob,NA,no,\n?,4.5,YES,12\n', {
      types: { code: "text" },
    });
    assertEqual(table.types, ["text", "number", "boolean", "text"]);
    assertEqual(table.values("name"), ["Ann, B.", "Bob", null]);
    assertEqual(table.values("age"), [31, null, 4.5]);
    assertEqual(table.values("member"), [true, false, true]);
    assertEqual(table.values(3), ["007", null, "12"]);
    assertEqual(csv("a\nx\nNA", { header: true, missing: ["x"] }).values(0), [null, "NA"]);
    assertEqual(csv("a,b\n,1").types, ["number", "number"]);
  });
  test("missing numbers become a number or the mean when asked", () => {
    const table = csv("a,b\n1,2\nNA,4\n3,\n");
    assertThrows(() => table.numbers(), FormatError, /line 3, column "a": expected a number, got "NA"/);
    assertEqual(table.numbers(undefined, { missing: -1 }), Float32Array.of(1, 2, -1, 4, 3, -1));
    assertEqual(table.numbers(["b", "a"], { missing: "mean" }), Float32Array.of(2, 1, 4, 2, 3, 3));
    assertThrows(() => table.numbers(undefined, { missing: "median" as never }), ValueError, /a number or "mean"/);
    assertThrows(
      () => csv("a\nx", { header: true, types: { a: "number" } }).values("a"),
      FormatError,
      /line 2, column "a"/,
    );
    assertThrows(
      () => csv("a\nx", { header: true, types: { a: "boolean" } }).values("a"),
      FormatError,
      /true or false/,
    );
    assertThrows(() => csv("a\nx", { header: true, types: { b: "number" } }), ValueError, /column/);
    assertThrows(
      () => csv("a\nx", { header: true, types: { a: "date" as never } }),
      ValueError,
      /number, boolean, text/,
    );
  });
  test("a marker of missing values may be a number", () => {
    const table = csv("a,b\n1,2\n-999,4\n", { missing: ["-999"] });
    const message = /line 3, column "a": expected a number, got "-999", which stands for a missing value\.$/;
    assertThrows(() => table.numbers(), FormatError, message);
    assertThrows(() => table.withClasses(), FormatError, message);
    assertEqual(table.numbers(undefined, { missing: "mean" }), Float32Array.of(1, 2, 1, 4));
    assertEqual(table.values("a"), [1, null]);
  });
  test("scaling by the training set's range", () => {
    const train = Float32Array.of(0, 5, 10, 5, 20, 5);
    const range = columnRange(train, 2);
    assertEqual([...range.low, ...range.high], [0, 5, 20, 5]);
    assertClose(scaleToRange(train, range), [0, 0, 0.5, 0, 1, 0]);
    assertClose(scaleToRange(Float32Array.of(30, 7), range), [1.5, 0]);
    assertThrows(() => columnRange(train, 4), ShapeError, /rows of 4/);
  });
  withData(test, ["optdigits/optdigits.tra", "optdigits/optdigits.tes"], "optical digits", (train, tests) => {
    const rows = csv(readFileSync(train, "utf8")).withClasses();
    assertEqual([rows.count, rows.width, rows.classes.join("")], [3823, 64, "0123456789"]);
    const held = csv(readFileSync(tests!, "utf8")).withClasses({ classes: rows.classes });
    assertEqual(held.count, 1797);
    const scaled = scaleToRange(rows.inputs, columnRange(rows.inputs, 64));
    assertEqual([Math.min(...scaled.subarray(0, 6400)), Math.max(...scaled.subarray(0, 6400))], [0, 1]);
  });
  withData(test, "iris/iris.csv.gz", "iris, with class names", (path) => {
    const { classes, count, width } = csv(readData(path)).withClasses();
    assertEqual([classes.length, count, width], [3, 150, 4]);
  });
  withData(test, "wine-quality/winequality-red.csv.gz", "wine quality", (path) => {
    const table = csv(readData(path));
    assertEqual([table.rows, table.names.length, table.numbers().length], [1599, 12, 1599 * 12]);
  });
});
