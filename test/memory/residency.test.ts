import { compile } from "../../src/autodiff/compile.ts";
import { GradientTape } from "../../src/autodiff/tape.ts";
import { packVariables } from "../../src/graph/variable.ts";
import { memory } from "../../src/memory/report.ts";
import { Storage } from "../../src/memory/storage.ts";
import { tensor } from "../../src/ops/creation.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { type Variable, variable } from "../../src/ops/variable.ts";
import { StateError } from "../../src/util/errors.ts";
import { settings } from "../../src/util/settings.ts";
import { assert, assertBitEqual, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { testNumbers } from "../harness/finite-difference.ts";
import { withSettings } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";

/** Bytes that variables may take; arenas, which never shrink, stand beside them. */
const LIMIT = 1 << 20;
/** Elements of a small model's weights: ten of them pass the limit. */
const SIZE = 1 << 15;

/** Weights and a bias in one storage, as a model has them. */
function model(seed: number): { w: Variable; b: Variable; values: Float32Array } {
  const values = Float32Array.from(testNumbers(SIZE, seed));
  const [w, b] = [variable(values), variable([seed])];
  packVariables([w, b], "variables");
  return { w, b, values };
}

/** Brings so much else into memory that whatever is not pinned has to leave. */
function crowdOut(): void {
  const others = Array.from({ length: 12 }, (_, i) => model(i));
  for (const { w } of others) w.value().sum();
  for (const { w } of others) runScoped(() => w.value().sum());
  for (const { w, b } of others) {
    w.dispose();
    b.dispose();
  }
}

/** The parts of the report are the whole. */
function checkSums(): void {
  const { variables, optimizers, arena, staging, total, peak, linear } = memory();
  const parts = variables + optimizers + arena + staging;
  // but for the rounding of each to cache lines
  assert(parts <= total && parts > total - 64 * 1024, `${parts} of ${total} bytes are accounted for`);
  assert(total <= peak && peak <= linear, "total <= peak <= linear");
}

const small = (body: () => void) => (): void => {
  const { arena, staging } = memory();
  withSettings({ memoryLimit: LIMIT + arena + staging }, body);
};
const resident = ({ storage }: Variable): boolean => storage.ptr !== 0;

suite("memory: residency", (test) => {
  test(
    "models beyond the limit are moved out and come back bit-equal",
    small(() => {
      const models = Array.from({ length: 30 }, (_, i) => model(i));
      const before = memory().saved;
      for (const { w, b } of models) runScoped(() => b.assign(b.value().add(w.value().mul(0).sum())));
      assert(memory().total <= settings().memoryLimit, `${memory().total} bytes`);
      assert(memory().saved > before && models.some(({ w }) => !resident(w)), "nothing was moved out");
      models.forEach(({ w, b, values }, i) => {
        assertBitEqual(w.readSync(), values);
        assertBitEqual(runScoped(() => w.value().mul(1)).dataSync(), values);
        assertEqual(b.readSync()[0], i);
      });
      checkSums();
      for (const { w, b } of models) for (const each of [w, b]) each.dispose();
    }),
  );
  test(
    "the one used longest ago leaves first",
    small(() => {
      crowdOut();
      const models = [1, 2, 3].map(model);
      for (const { w } of models) runScoped(() => w.value().neg());
      runScoped(() => models[0]!.w.value().neg());
      const storage = (i: number): Storage => models[i]!.w.storage;
      const use = new Storage("variables", 1);
      use.use();
      const others: Storage[] = [];
      while (storage(1).ptr !== 0 && others.length < 50) {
        others.push(new Storage("variables", SIZE / 4));
        others.at(-1)!.use();
      }
      assert(storage(1).ptr === 0 && storage(0).ptr !== 0, "the second was used before the first");
      for (const each of [use, ...others, ...[0, 1, 2].map(storage)]) each.dispose();
    }),
  );
  test(
    "plans are bound anew, read and write the right place",
    small(() => {
      const { w, b, values } = model(5);
      const step = compile((x: Tensor) => {
        b.assign(b.value().add(1));
        return w.value().mul(x);
      });
      for (let call = 1; call <= 4; call++) {
        assertBitEqual(
          step(tensor(2)).dataSync(),
          values.map((value) => value * 2),
        );
        assertEqual(b.readSync()[0], 5 + call);
        crowdOut();
        assertEqual(resident(w), false, "moved out");
        assertEqual(b.readSync()[0], 5 + call);
      }
      b.assign([0]);
      step(tensor(1));
      assertEqual(b.readSync()[0], 1);
    }),
  );
  test(
    "what a scope has read stays where it is until the scope ends",
    small(() => {
      const { w, b, values } = model(6);
      const sum = runScoped(() => {
        const first = w.value();
        const ptr = w.storage.ptr;
        for (let i = 0; i < 14; i++) new Storage("variables", SIZE).use();
        assertEqual([w.storage.ptr, w.storage.pins], [ptr, 1]);
        b.assign(b.value().add(1));
        return first.mul(1);
      });
      assertBitEqual(sum.dataSync(), values);
      assertEqual([w.storage.pins, b.readSync()[0]], [0, 7]);
      crowdOut();
      assertEqual(resident(w), false);
    }),
  );
  test(
    "a scope that throws lets go",
    small(() => {
      const { w } = model(7);
      const fail = (): void => {
        w.value().neg();
        throw new RangeError("stop");
      };
      assertThrows(() => runScoped(fail), RangeError);
      assertEqual(w.storage.pins, 0);
    }),
  );
  test(
    "a tape's variables may leave between record and gradient",
    small(() => {
      const { w, values } = model(8);
      const tape = new GradientTape({ persistent: true });
      const y = tape.record(() => w.value().square().sum());
      crowdOut();
      const expected = values.map((value) => Math.fround(2 * value));
      assertBitEqual(tape.gradient(y, w)!.dataSync(), expected);
      w.assign(w.value().mul(0));
      crowdOut();
      assertBitEqual(tape.gradient(y, w)!.dataSync(), expected);
    }),
  );
  test(
    "many dropped models leave no more behind than the limit",
    small(() => {
      const total = (): number => memory().total;
      for (let i = 0; i < 40; i++) {
        const { w } = model(i);
        compile((x: Tensor) => w.value().mul(x).sum())(tensor(1));
      }
      const after = total();
      for (let i = 0; i < 40; i++) {
        const { w } = model(i);
        compile((x: Tensor) => w.value().mul(x).sum())(tensor(1));
      }
      assert(total() <= Math.max(after, settings().memoryLimit) + SIZE * 8, `${after} bytes, then ${total()}`);
      checkSums();
    }),
  );
});

suite("memory: storages and the report", (test) => {
  test("dispose may be called twice; use afterwards is a StateError", () => {
    const storage = new Storage("optimizers", 100, new Uint32Array(100).fill(7));
    assertEqual(storage.words(98, 2), Uint32Array.of(7, 7));
    const before = memory().optimizers;
    storage.use();
    assertEqual(memory().optimizers - before, 400);
    storage.dispose();
    storage.dispose();
    assertEqual([memory().optimizers, storage.disposed], [before, true]);
    assertThrows(() => storage.use(), StateError, /a disposed object was used/);
    assertThrows(() => storage.words(0, 1), StateError, /a disposed object was read/);
    storage.moveOut();
    assertEqual(storage.ptr, 0);
  });
  test("moved out and in again: another generation, the same words", () => {
    const storage = new Storage("variables", 3, Uint32Array.of(1, 2, 3));
    storage.use();
    const { generation } = storage;
    storage.words(1, 1)[0] = 20;
    storage.moveOut();
    assertEqual([storage.ptr, [...storage.words(0, 3)]], [0, [1, 20, 3]]);
    assert(storage.use() > 0 && storage.generation > generation);
    assertEqual([...storage.words(0, 3)], [1, 20, 3]);
    storage.dispose();
  });
  test("a plan counts while what it reads is in memory", () => {
    const w = variable([1, 2]);
    const before = memory().plans;
    const f = compile((x: Tensor) => x.mul(w));
    f(tensor([1]));
    f(tensor([1]));
    assertEqual(memory().plans - before, 1);
    w.storage.moveOut();
    assertEqual(memory().plans - before, 0);
    f(tensor([1]));
    f(tensor([[1]]));
    assertEqual(memory().plans - before, 2);
    w.dispose();
    assertEqual(memory().plans - before, 0);
    assertThrows(() => f(tensor([1])), StateError, /expected a variable in use, got one after dispose\(\)/);
  });
  test("variables count where they lie", () => {
    const before = memory();
    const w = variable(new Float32Array(1000));
    assertEqual(memory().variables, before.variables);
    w.value();
    runScoped(() => w.value().sum());
    assertEqual(memory().variables - before.variables, 4000);
    w.dispose();
    assertEqual(memory().variables, before.variables);
    checkSums();
  });
});
