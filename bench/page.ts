/**
 * The benches of models in a page. What is asked for stands in the form, or in the address (`?run&filter=…&seconds=…`, filters one a line);
 * the report lies in `globalThis.HORNBEAM_RESULT` at the end.
 */
import { show } from "./measure.ts";
import { type BenchFile, type Report, runBenches } from "./program.ts";

/** Brings the form to life; with `run` in the address it starts at once. */
export function main(files: readonly BenchFile[]): void {
  const form = document.querySelector("form")!;
  const output = document.querySelector("output")!;
  const wished = new URLSearchParams(location.search);
  for (const field of form.querySelectorAll("input, select, textarea") as NodeListOf<HTMLInputElement>) {
    field.value = wished.get(field.name) ?? field.value;
  }
  const button = form.querySelector("button")!;
  const start = (): void => {
    button.disabled = true;
    output.textContent = "";
    run(files, new FormData(form), output)
      .then((report) => Object.assign(globalThis, { HORNBEAM_RESULT: report }))
      .finally(() => {
        button.disabled = false;
      });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  if (wished.has("run")) start();
}

/** Filters may hold commas and spaces. An empty line asks for everything, but for those after others. */
const linesOf = (text: string): string[] => text.split(/\r?\n/).filter((line, i) => i === 0 || line !== "");

/** Runs what the form asks for. An error is shown, and thrown for whoever watches the page. */
async function run(files: readonly BenchFile[], form: FormData, output: HTMLOutputElement): Promise<Report> {
  const text = (name: string): string => String(form.get(name));
  const say = (line: string): Promise<void> => {
    output.textContent += `${line}\n`;
    // Lets the page draw.
    return new Promise((resolve) => setTimeout(resolve, 20));
  };
  try {
    await say(navigator.userAgent);
    return await runBenches(
      files,
      {
        filters: linesOf(text("filter")),
        build: text("build") as "auto",
        seconds: Number(text("seconds")),
        rounds: Number(text("rounds")),
        tries: Number(text("tries")),
      },
      (result) => say(show(result)),
    );
  } catch (error) {
    await say(String(error));
    throw error;
  }
}
