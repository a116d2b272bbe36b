import { seedNext } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { checkSeed, drawDefaultSeed } from "./streams.ts";

/** What {@link SeedGenerator.getConfig} gives. */
export interface SeedGeneratorConfig {
  seed: number | null;
  name?: string;
}

/**
 * A source of random keys: its state is the pair (seed, number of draws so far). Layers that draw own one each, so that
 * the numbers one layer gets do not depend on what others draw.
 */
export class SeedGenerator {
  static readonly className: string = "SeedGenerator";
  /** A uint32 pair, not trainable; it is among a layer's variables but not among its weights. */
  readonly state: Variable;
  /** The seed in use: the given one, or a default drawn at construction. */
  readonly seed: number;
  readonly name: string | undefined;
  private readonly given: number | null;

  /** Without a seed one is drawn now, from the generator that `setRandomSeed` seeds. */
  constructor(seed: number | null = null, options: { name?: string } = {}) {
    this.given = seed === null ? null : checkSeed(seed, "SeedGenerator");
    this.seed = this.given ?? drawDefaultSeed();
    this.name = options.name;
    this.state = new Variable(new Uint32Array([this.seed, 0]), { name: "seed_generator_state", trainable: false });
  }

  /** The key of one draw, which is counted; inside a trace at each call of the traced function. */
  next(): Tensor {
    const key = this.state.value();
    this.state.assign(seedNext(key));
    return key;
  }

  /** The seed as given: null stays null. */
  getConfig(): SeedGeneratorConfig {
    return this.name === undefined ? { seed: this.given } : { seed: this.given, name: this.name };
  }

  static fromConfig(config: SeedGeneratorConfig): SeedGenerator {
    return new SeedGenerator(config.seed, config.name === undefined ? {} : { name: config.name });
  }
}
