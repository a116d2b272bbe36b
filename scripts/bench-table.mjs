/**
 * `npm run bench:table [-- --only TEXT … --write | --list]`: makes the measurements behind docs/performance.md one after
 * another (those whose id contains a text), keeps their reports in build/bench/table, and prints the tables made from all reports that are there.
 * `--write` puts them into the page; `--no-run` makes none anew. All of it takes about a quarter of an hour on a quiet machine.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { jobs, reportOf, runJob } from "./bench/jobs.mjs";
import { rows, verdict } from "./bench/rows.mjs";

const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const [BEGIN, END] = ["<!-- made by npm run bench:table -->", "<!-- end of what npm run bench:table made -->"];
const ENGINES = ["node", "node24", "deno", "chromium"];

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [""] },
    "no-run": { type: "boolean" },
    write: { type: "boolean" },
    list: { type: "boolean" },
  },
});

const figure = (x) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));
const line = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, body) => [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");

/** Its name and version as a report has it. */
function engineName(id) {
  const of = jobs.find((job) => job.id.endsWith(`-${id}`) && reportOf(job.id)?.report.engine !== undefined);
  return of && reportOf(of.id).report.engine;
}

/** The table of floors and goals. */
function goals() {
  const engines = ENGINES.slice(0, 2);
  const limit = (value, { unit, less }) =>
    value === undefined ? "–" : `${less ? "≤ " : ""}${value}${unit ? ` ${unit}` : "×"}`;
  const body = rows.map((row) => {
    const [floor, goal] = row.limits ?? [limit(row.floor, row), limit(row.goal, row)];
    const cells = engines.map((engine) => {
      const cell = row.value(engine);
      return cell === undefined
        ? "–"
        : `${cell.text}${cell.noisy ? " *" : ""}, ${verdict(row, cell)}`.replace(/, $/, "");
    });
    return [row.name, floor, goal, ...cells];
  });
  return table(["", "floor", "goal", ...engines.map((engine) => engineName(engine) ?? engine)], body);
}

/** Steps, predictions and starts on every engine. */
function models() {
  const engines = ENGINES.filter((engine) => reportOf(`models-${engine}`) !== undefined);
  const reports = engines.map((engine) => reportOf(`models-${engine}`).report);
  const names = [...new Set(reports.flatMap(({ results }) => results.map(({ name }) => name)))];
  const body = names.map((name) => [
    name.replace("models/", ""),
    ...reports.map(({ results }) => {
      const found = results.find((result) => result.name === name);
      return found === undefined ? "–" : `${figure(found.milliseconds.median)}${found.noisy ? " *" : ""}`;
    }),
  ]);
  return table(["milliseconds", ...reports.map(({ engine, build }) => `${engine}, \`${build}\``)], body);
}

/** Every pair with its times. */
function pairs() {
  const body = jobs
    .filter(({ id }) => /^(rivals|native)/.test(id))
    .flatMap(({ id }) => {
      const { report } = reportOf(id) ?? { report: { results: [] } };
      return report.results.map((result) => {
        const where = [report.engine, `\`${report.build}\``, report.threads > 1 ? `${report.threads} threads` : ""];
        const name = [result.name, where.filter(Boolean).join(", ")];
        if (result.failed !== undefined) return [...name, `not timed: ${result.failed}`, "", ""];
        const { ours, theirs, ratio, noisy } = result;
        const spread = `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`;
        return [...name, figure(ours.median), figure(theirs.median), `${spread}${noisy ? " *" : ""}`];
      });
    });
  return table(["", "", "Hornbeam, ms", "rival, ms", "times as fast"], body);
}

/** What the figures come from. */
function source(kept) {
  const dates = [...new Set(kept.map(({ date }) => date))].sort();
  const load = Math.max(...kept.map((each) => each.load));
  const engines = ENGINES.flatMap((id) => engineName(id) ?? []);
  const { torch } = reportOf("native-node24")?.report ?? {};
  const [{ model }] = cpus();
  return (
    `${model}, ${cpus().length} processors, ${dates.join(" and ")}; load before a measurement at most ${load.toFixed(1)}. ` +
    `${engines.join(", ")}${torch ? `, PyTorch ${torch}` : ""}. Medians of nine rounds in turns; ` +
    "\\* the calibration loop varied by more than 10 % in each of five runs."
  );
}

/** A whole id stands for itself only. */
const matches = ({ id }, text) => (jobs.some((job) => job.id === text) ? id === text : id.includes(text));
const chosen = jobs.filter((job) => options.only.some((text) => matches(job, text)));
if (options.list) {
  for (const { id } of chosen) console.log(id);
} else {
  if (!options["no-run"]) {
    for (const job of chosen) {
      console.log(`\n== ${job.id}`);
      try {
        runJob(job);
      } catch (error) {
        console.log(error.message);
        process.exitCode = 1;
      }
    }
  }
  const kept = jobs.flatMap(({ id }) => reportOf(id) ?? []);
  if (kept.length === 0) throw new Error("no report is there to make a table of");
  const text = [source(kept), goals(), models(), pairs()].join("\n\n");
  if (options.write) {
    const [before, rest] = readFileSync(page, "utf8").split(BEGIN);
    writeFileSync(page, `${before}${BEGIN}\n\n${text}\n\n${END}${rest.split(END)[1]}`);
  } else console.log(`\n${text}`);
}
