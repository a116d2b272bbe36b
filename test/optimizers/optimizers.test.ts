import { compile } from "../../src/autodiff/compile.ts";
import { tensor } from "../../src/ops/creation.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import { producerOf } from "../../src/ops/tensor.ts";
import { Variable } from "../../src/ops/variable.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { getOptimizer } from "../../src/optimizers/registry.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import semantics from "../fixtures/semantics.json" with { type: "json" };
import { assertBitEqual, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const G = [1, 6, 7, 2];

/** The variable after each of three steps with a constant gradient. */
function threeSteps(optimizer: optimizers.Optimizer): number[][] {
  const v = new Variable([1, 2, 3, 4]);
  return [1, 2, 3].map(() => {
    optimizer.applyGradients([[tensor(G), v]]);
    return [...v.readSync()];
  });
}

function golden(optimizer: optimizers.Optimizer, first: number[], third: number[]): void {
  const steps = threeSteps(optimizer);
  assertClose(steps[0]!, first);
  assertClose(steps[2]!, third, { rtol: 1e-5, atol: 1e-6 });
}

suite("optimizers: cases of the reference", (test) => {
  test("OP-01 SGD", () => {
    golden(optimizers.sgd({ learningRate: 0.5 }), [0.5, -1, -0.5, 3], [-0.5, -7, -7.5, 1]);
  });
  test("OP-02 SGD with momentum", () => {
    const sgd = optimizers.sgd({ learningRate: 0.5, momentum: 0.9 });
    golden(sgd, [0.5, -1, -0.5, 3], [-1.805, -14.83, -16.635, -1.61]);
  });
  test("OP-03 SGD with Nesterov's momentum", () => {
    const sgd = optimizers.sgd({ learningRate: 0.5, momentum: 0.9, nesterov: true });
    golden(sgd, [0.05, -3.7, -3.65, 2.1], [-3.0245, -22.147, -25.1715, -4.049]);
  });
  test("OP-04 Adam, with the rounding of Keras's float32", () => {
    golden(optimizers.adam({ learningRate: 0.5 }), [0.5, 1.5, 2.5, 3.5], [-0.499986, 0.500011, 1.500011, 2.500012]);
    const first = threeSteps(optimizers.adam({ learningRate: 0.5 }))[2]![0]!;
    // A bias correction in float64 gives −0.4999964.
    assertClose(first, -0.4999861, { rtol: 0, atol: 2e-7 });
  });
  test("OP-15 names of variables: step counter, learning rate, slots by variable", () => {
    const adam = optimizers.adam();
    adam.build([new Variable([1], { name: "w" }), new Variable([1], { name: "dense/kernel" })]);
    assertEqual(
      adam.variables.map(({ name }) => name),
      ["iteration", "learning_rate", "w_momentum", "w_velocity", "dense_kernel_momentum", "dense_kernel_velocity"],
    );
    assertEqual(adam.variables[0]!.dtype, "int32");
  });
  test("OP-14 hyper-parameters out of range, NaN, infinite, of the wrong type", () => {
    assertThrows(
      () => optimizers.sgd({ momentum: -1 }),
      ValueError,
      /momentum: expected a finite number in \[0, 1\], got -1/,
    );
    for (const learningRate of [Number.NaN, Infinity, "0.1", null, {}] as never[]) {
      if (learningRate !== null) assertThrows(() => optimizers.adam({ learningRate }), ValueError, /learningRate/);
    }
    assertThrows(() => optimizers.adam({ beta1: 1 }), ValueError, /beta1/);
    assertThrows(() => optimizers.adam({ beta2: Number.NaN }), ValueError, /beta2/);
    assertThrows(() => optimizers.adam({ epsilon: -1e-7 }), ValueError, /epsilon/);
    assertThrows(() => optimizers.sgd({ nesterov: "yes" } as never), ValueError, /nesterov: expected a boolean/);
    assertThrows(() => optimizers.sgd({ lr: 0.1 } as never), ValueError, /learningRate/);
  });
  test("FX-09 null gradients are left out with a warning; none at all is an error", () => {
    const [a, b] = [new Variable([1, 1], { name: "a" }), new Variable([1, 1], { name: "b" })];
    const sgd = optimizers.sgd({ learningRate: 1 });
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => said.push(text);
    try {
      sgd.applyGradients([
        [null, a],
        [tensor([1, 1]), b],
      ]);
    } finally {
      console.warn = warn;
    }
    assertEqual(
      [[...a.readSync()], [...b.readSync()]],
      [
        [1, 1],
        [0, 0],
      ],
    );
    assertEqual(said.length === 1 && said[0]!.includes("Gradients do not exist") && said[0]!.includes("a"), true);
    assertThrows(
      () =>
        sgd.applyGradients([
          [null, a],
          [null, b],
        ]),
      ValueError,
      /No gradients provided for any variable/,
    );
    assertEqual(sgd.iterations, 1);
  });
});

interface OptimizerCase {
  name: string;
  arguments: Record<string, number | boolean>;
  start: number[];
  gradients: number[][];
  values: number[][];
  variables: Record<string, number | number[]>;
}

suite("optimizers: against Keras", (test) => {
  const classes = { ...optimizers } as unknown as Record<string, new (options: object) => optimizers.Optimizer>;
  (semantics.optimizers as unknown as OptimizerCase[]).forEach((each, i) => {
    test(`${i} ${each.name} ${JSON.stringify(each.arguments)}: six steps and the slots`, () => {
      const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      const options = Object.fromEntries(Object.entries(each.arguments).map(([name, value]) => [camel(name), value]));
      const optimizer = new classes[each.name]!(options);
      const variable = new Variable(each.start, { name: "variable" });
      each.gradients.forEach((gradient, step) => {
        optimizer.applyGradients([[tensor(gradient), variable]]);
        assertClose(variable.readSync(), each.values[step]!, { rtol: 2e-6, atol: 1e-6, what: `step ${step}` });
      });
      const slots = Object.fromEntries(optimizer.variables.map(({ name }, j) => [name, optimizer.variables[j]!]));
      for (const [name, value] of Object.entries(each.variables)) {
        const slot = slots[name] ?? slots[name.replace(/^\w*?variable(_\d+)?_/, "variable_")];
        assertClose(slot!.readSync(), typeof value === "number" ? [value] : value, {
          rtol: 2e-6,
          atol: 1e-7,
          what: name,
        });
      }
    });
  });
});

suite("optimizers: where they run", (test) => {
  const twoSteps = (run: (step: () => void) => void): Float32Array => {
    const adam = optimizers.adam({ learningRate: 0.1 });
    const v = new Variable([1, 2, 3, 4, 5]);
    adam.build([v]);
    for (const scale of [1, -2]) {
      run(() => adam.applyGradients([[v.value().mul(scale), v]]));
    }
    return v.readSync() as Float32Array;
  };

  test("on their own, in a scope and in a plan: equal bits", () => {
    const alone = twoSteps((step) => step());
    assertBitEqual(
      twoSteps((step) => void runScoped(step)),
      alone,
    );
    const planned = twoSteps((step) => {
      const body = compile(() => {
        step();
        return tensor(0);
      });
      body();
    });
    assertBitEqual(planned, alone);
  });

  test("each update is one op", () => {
    const made = (optimizer: optimizers.Optimizer): string[] =>
      runScoped(() => {
        const [a, b] = [new Variable([1]), new Variable([2])];
        optimizer.applyGradients([
          [tensor([1]), a],
          [tensor([1]), b],
        ]);
        return [a, b].map((variable) => producerOf(variable.value())!.name);
      });
    assertEqual(made(optimizers.sgd()), ["sgd", "sgd"]);
    assertEqual(made(optimizers.sgd({ momentum: 0.5 })), ["momentum", "momentum"]);
    assertEqual(made(optimizers.adam()), ["adam", "adam"]);
  });

  test("variables that leave keep their slots; unknown ones are refused and nothing changes", () => {
    const sgd = optimizers.sgd({ learningRate: 1, momentum: 0.5 });
    const [a, b, c] = ["a", "b", "c"].map((name) => new Variable([0], { name })) as [Variable, Variable, Variable];
    sgd.applyGradients([
      [tensor([1]), a],
      [tensor([1]), b],
    ]);
    sgd.applyGradients([[tensor([0]), b]]);
    sgd.applyGradients([
      [tensor([0]), a],
      [tensor([0]), b],
    ]);
    assertEqual([a.readSync()[0], b.readSync()[0]], [-1.5, -1.75]);
    assertThrows(
      () =>
        sgd.applyGradients([
          [tensor([1]), a],
          [tensor([1]), c],
        ]),
      ValueError,
      /Unknown variable "c"/,
    );
    assertEqual([a.readSync()[0], sgd.iterations], [-1.5, 3]);
  });

  test("the learning rate can be read and set; what plans hold follows", () => {
    const sgd = optimizers.sgd({ learningRate: 0.1 });
    const v = new Variable([0]);
    sgd.applyGradients([[tensor([1]), v]]);
    assertEqual(sgd.learningRate, 0.1);
    sgd.learningRate = 2;
    sgd.applyGradients([[tensor([1]), v]]);
    assertClose(v.readSync(), [-2.1]);
    assertThrows(
      () => {
        sgd.learningRate = Number.NaN;
      },
      ValueError,
      /learningRate/,
    );
    assertEqual([sgd.learningRate, sgd.iterations], [2, 2]);
  });

  test("wrong shapes, pairs and names", () => {
    const sgd = optimizers.sgd();
    const v = new Variable([0, 0], { name: "v" });
    assertThrows(() => sgd.applyGradients([[tensor([1]), v]]), ShapeError, /\(2,\) of variable "v", got \(1,\)/);
    assertEqual(sgd.built, false);
    assertThrows(() => sgd.applyGradients([[tensor([1]), tensor([1])]] as never), ValueError, /expected a Variable/);
    assertThrows(() => sgd.applyGradients(3 as never), ValueError, /expected a list/);
    assertThrows(() => getOptimizer("adm"), ValueError, /Did you mean "adam"/);
    assertThrows(
      () => getOptimizer(undefined),
      ValueError,
      /expected the name of an optimizer, an Optimizer or a config/,
    );
    assertEqual(getOptimizer("SGD") instanceof optimizers.SGD, true);
  });
});
