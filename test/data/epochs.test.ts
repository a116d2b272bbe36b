import { Dataset, type SyncDataset } from "../../src/data/index.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const numbers = (n: number): SyncDataset<number> => Dataset.from(Array.from({ length: n }, (_, i) => i));

suite("data: epochs of a Dataset", (test) => {
  test("beginEpoch: an epoch further on than the passes begun so far skips the orders between", () => {
    const made = {
      shuffle: () => numbers(9).shuffle(9, 1).map((n) => n).take(8), // biome-ignore format: a chain
      repeat: () => numbers(5).shuffle(5, 2).repeat(3),
      zip: () => Dataset.zip([numbers(6).shuffle(6, 3), numbers(6).shuffle(6, 4)]),
      concatenate: () => numbers(4).concatenate(numbers(6).shuffle(6, 5)),
    };
    for (const [name, make] of Object.entries(made)) {
      const through = make() as SyncDataset<unknown>;
      const passes = [0, 1, 2, 3].map((epoch) => {
        assertEqual(through.beginEpoch(epoch), true);
        return JSON.stringify([...through]);
      });
      assertEqual(new Set(passes).size, 4, name);
      const later = make() as SyncDataset<unknown>;
      later.beginEpoch(0);
      // A pass that is left at once.
      for (const _ of later) break;
      later.beginEpoch(2);
      assertEqual(JSON.stringify([...later]), passes[2], name);
      // Going on from there, an epoch told again skips nothing.
      later.beginEpoch(0);
      assertEqual(JSON.stringify([...later]), passes[3], name);
    }
    assertEqual([numbers(3).beginEpoch(4), numbers(3).shuffle(3).repeat().beginEpoch(4)], [false, false]);
    assertThrows(() => numbers(3).beginEpoch(-1), ValueError, /beginEpoch/);
  });
});
