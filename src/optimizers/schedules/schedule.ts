import { Optioned, type OptionTable } from "../options.ts";

/** Options of every schedule. */
export interface ScheduleOptions {
  name?: string;
}

/**
 * A learning rate that depends on the number of steps taken. Extend it for one of your own; a plain function of the step
 * does as well. It runs before each step, in JavaScript.
 */
export abstract class LearningRateSchedule extends Optioned {
  static override readonly className: string = "LearningRateSchedule";

  /** `table` and `others` are the options of a class, as in {@link Optioned}. */
  constructor(options?: ScheduleOptions, table: OptionTable = {}, others?: readonly string[], name?: string) {
    super("schedule", options, table, others, name ?? new.target.className);
  }

  /** The learning rate of the step after `step` others. */
  abstract apply(step: number): number;
}
