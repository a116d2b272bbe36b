/** The main job, `npm start`: trains a classifier, compares it with a linear one, and shows what the training flag does. */
import { HornbeamError, setRandomSeed } from "../index.ts";
import { type Job, readArguments, USAGE, UsageError } from "./arguments.ts";
import { accuracyOf, linearBaseline, makeClassifier, trainClassifier } from "./classifier.ts";
import { loadData, type Split } from "./load.ts";
import { showFlag } from "./show-flag.ts";

const EPOCHS = { digits: 12, idx: 10, csv: 30 } as const;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Does the job; gives the exit code. */
async function run(job: Job): Promise<number> {
  setRandomSeed(job.seed);
  const split = loadData(job);
  const { training, heldBack, width, classes } = split;
  print(
    `Data: ${split.name}: ${training.count} to train on, ${heldBack.count} held back, ${width} inputs, ${classes.length} classes.\n`,
  );
  const epochs = job.epochs ?? EPOCHS[job.data];
  const classifier = makeClassifier(split, epochs);
  classifier.model.summary();
  const started = performance.now();
  await trainClassifier(classifier, split, epochs);
  const seconds = (performance.now() - started) / 1000;
  return report(job, classifier, split, seconds, await linearBaseline(split, epochs));
}

function report(
  job: Job,
  classifier: ReturnType<typeof makeClassifier>,
  split: Split,
  seconds: number,
  linear: number,
): number {
  const accuracy = accuracyOf(classifier.model, split);
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  print(`\nTrained in ${seconds.toFixed(1)} s. Accuracy on the ${split.heldBack.count} held-back samples:`);
  print(`  Dense + BatchNormalization + Dropout   ${percent(accuracy)}`);
  print(`  linear softmax on the same split       ${percent(linear)}\n`);
  print(showFlag(classifier, split));
  if (job.target === undefined || accuracy * 100 >= job.target) return 0;
  process.stderr.write(`\nThe accuracy is below the target of ${job.target} %.\n`);
  return 1;
}

async function main(): Promise<number> {
  try {
    const job = readArguments(process.argv.slice(2));
    if (job !== undefined) return await run(job);
    print(USAGE);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${USAGE}\n`);
      return 2;
    }
    if (!(error instanceof HornbeamError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main();
