import { Dataset, type SyncDataset } from "../../src/data/index.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import { assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const numbers = (n: number): SyncDataset<number> => Dataset.from(Array.from({ length: n }, (_, i) => i));

suite("data: Dataset refuses", (test) => {
  test("elements that do not fit together in a batch say where", () => {
    const batchOf = (elements: readonly unknown[]) => () => [...Dataset.from<unknown>(elements).batch(9)];
    assertThrows(batchOf([1, "2"]), ShapeError, /batch: expected a number as before, got "2"/);
    assertThrows(batchOf([{ a: 1 }, { a: null }]), ValueError, /part \.a: .*got null; null stands for a missing value/);
    assertThrows(batchOf([{ a: null }, { a: 1 }]), ValueError, /part \.a.*missing value/);
    for (const value of [true, 1, [1], Float32Array.of(1), { b: 1 }]) {
      // The order of the elements does not matter.
      assertThrows(batchOf([{ a: null }, { a: value }]), ValueError, /part \.a: .*got null; null stands for a missing/);
      assertThrows(batchOf([{ a: value }, { a: null }]), ValueError, /part \.a: .*got null; null stands for a missing/);
    }
    assertThrows(batchOf(["a", 5]), ShapeError, /batch: expected the like of "a" as before, got 5\.$/);
    assertThrows(batchOf([null, "a", true]), ShapeError, /batch: expected the like of "a" as before, got true\.$/);
    assertEqual(batchOf([null, "a", null])(), [[null, "a", null]]);
    assertThrows(batchOf([{ a: 1 }, { b: 1 }]), ShapeError, /the keys a as before/);
    assertThrows(batchOf([[Float32Array.of(1, 2)], [Float32Array.of(1)]]), ShapeError, /part \[0\].*shape \(2,\)/);
    assertThrows(batchOf([{ x: [1, 2] }, { x: [1] }]), ShapeError, /part \.x.*shape \(2,\)/);
    assertThrows(batchOf([[1, 2], [1]]), ShapeError, /2 parts/);
    assertThrows(batchOf([Float32Array.of(1), Int32Array.of(1)]), ShapeError, /Float32Array/);
  });
  test("wrong arguments", () => {
    assertThrows(() => Dataset.from(3 as never), ValueError, /iterable/);
    assertThrows(() => [...Dataset.from((() => 3) as never)], ValueError, /function that gives an iterable/);
    assertThrows(() => Dataset.fromGenerator([1] as never), ValueError, /generator function/);
    assertThrows(() => Dataset.fromArrays({ a: [1], b: [1, 2] }), ShapeError, /one length/);
    assertThrows(() => Dataset.fromArrays([[1], 3 as never]), ValueError, /column 1/);
    assertThrows(() => Dataset.fromArrays([]), ShapeError, /of none/);
    assertThrows(() => Dataset.fromArrays(null as never), ValueError, /arrays/);
    for (const n of [0, 1.5, -1, "2"]) assertThrows(() => numbers(3).batch(n as number), ValueError, /integer/);
    assertThrows(() => numbers(3).take(-1), ValueError, /an integer ≥ 0/);
    assertThrows(() => numbers(3).map(null as never), ValueError, /function/);
    assertThrows(() => numbers(3).shuffle(3, 0.5), ValueError, /seed/);
    assertThrows(() => numbers(3).shuffle(0), ValueError, /bufferSize/);
    assertThrows(() => numbers(3).prefetch(0), ValueError, /prefetch/);
    assertThrows(() => numbers(3).repeat(-1), ValueError, /repeat/);
    assertThrows(() => numbers(3).split(1.5), ValueError, /share in \(0, 1\)/);
    assertThrows(() => numbers(3).batch(2, { drop: true } as never), ValueError, /dropRemainder/);
    assertThrows(() => Dataset.zip([]), ValueError, /zip/);
    assertThrows(() => Dataset.zip([[1]] as never), ValueError, /zip/);
    assertThrows(() => numbers(3).concatenate([1] as never), ValueError, /a Dataset/);
  });
  test("operations one upon the other: as many as work, then an error; concatenations have no limit", async () => {
    const upon = (step: (set: SyncDataset<number>) => SyncDataset<number>, times: number): SyncDataset<number> => {
      let set = numbers(2);
      for (let i = 0; i < times; i++) set = step(set);
      return set;
    };
    for (const step of [
      (set: SyncDataset<number>) => set.map((x) => x),
      (set: SyncDataset<number>) => set.repeat(1),
      (set: SyncDataset<number>) => set.shuffle(1),
      (set: SyncDataset<number>) => Dataset.zip([set, numbers(2)]) as unknown as typeof set,
    ]) {
      const set = upon(step, 1000);
      set.beginEpoch(0);
      assertEqual([[...set].length, (await set.toArray()).length], [2, 2]);
      assertThrows(() => step(set), ValueError, /at most 1000 operations/);
      assertEqual([...set.concatenate(numbers(1))].length, 3);
    }
    assertEqual([...upon((set) => set.concatenate(numbers(0)), 6000).concatenate(numbers(3))], [0, 1, 0, 1, 2]);
    assertEqual([...upon((set) => numbers(1).concatenate(set), 6000)].length, 6002);
  });
});
