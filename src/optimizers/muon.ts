import { adamOp } from "../ops/optimizer-steps.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { adamCells, MOMENTS } from "./adam.ts";
import { Optimizer, type OptimizerOptions, type Rule, type UpdateStep } from "./optimizer.ts";
import { BELOW_ONE, patternsOf } from "./options.ts";
import { cellOf } from "./state.ts";

/** Options of Muon. */
export interface MuonOptions extends OptimizerOptions {
  /** Adam's, for all variables that are no matrices or are excluded. Default 0.9. */
  adamBeta1?: number;
  /** Default 0.999. */
  adamBeta2?: number;
  /** Weight decay of Adam's variables. Default 0.004. */
  adamWeightDecay?: number | null;
  /** Adam's rate, as a share of the learning rate. Default 1. */
  adamLrRatio?: number;
  /** Adam's. Default 1e-7. */
  epsilon?: number;
  /** Regular expressions: matrices in whose path one is found are left to Adam. Default none. */
  excludeLayers?: readonly string[];
  /** Leaves matrices with "embedding" in their path to Adam. Default true. */
  excludeEmbeddings?: boolean;
  /** Coefficients of the iteration X ← a·X + (b·A + c·A²)·X with A = X·Xᵀ. Default 3.4445. */
  muonA?: number;
  /** Default -4.775. */
  muonB?: number;
  /** Default 2.0315. */
  muonC?: number;
  /** Default 0.95. */
  momentum?: number;
  /** Iterations. Default 5. */
  nsSteps?: number;
  /** Default true. */
  nesterov?: boolean;
  /** Size of a step beside Adam's: steps are multiplied by it and by √max(rows, columns). Default 0.2; null for neither. */
  rmsRate?: number | null;
}

/**
 * Momentum whose matrices are made nearly orthogonal before each step, by Newton–Schulz iterations (Jordan et al., 2024;
 * Liu et al., 2025); other variables are stepped by AdamW. Default rate 0.001, weight decay 0.004.
 */
export class Muon extends Optimizer {
  static override readonly className: string = "Muon";
  declare readonly adamBeta1: number;
  declare readonly adamBeta2: number;
  declare readonly adamWeightDecay: number | null;
  declare readonly adamLrRatio: number;
  declare readonly epsilon: number;
  declare readonly excludeEmbeddings: boolean;
  declare readonly muonA: number;
  declare readonly muonB: number;
  declare readonly muonC: number;
  declare readonly momentum: number;
  declare readonly nsSteps: number;
  declare readonly nesterov: boolean;
  declare readonly rmsRate: number | null;
  readonly excludeLayers: readonly string[];
  readonly #patterns: readonly RegExp[];

  constructor(options?: MuonOptions) {
    const { weightDecay = 0.004, adamWeightDecay = 0.004, rmsRate = 0.2 } = options ?? {};
    const betas = { adamBeta1: [0.9, 0, BELOW_ONE], adamBeta2: [0.999, 0, BELOW_ONE] } as const;
    const table = { ...betas, adamWeightDecay: [null, 0], adamLrRatio: [1, 0], epsilon: [1e-7, 0] } as const;
    const iteration = { muonA: [3.4445], muonB: [-4.775], muonC: [2.0315], nsSteps: [5, 0, 100, true] } as const;
    const own = { ...iteration, momentum: [0.95, 0, 1], nesterov: true, rmsRate: [null, 0] } as const;
    const given = { ...options, weightDecay, adamWeightDecay, rmsRate };
    super(given, 0.001, { ...table, ...own, excludeEmbeddings: true }, ["excludeLayers"]);
    this.excludeLayers = options?.excludeLayers ?? [];
    this.#patterns = patternsOf(this.excludeLayers, this.where, "excludeLayers");
  }

  #usesAdam({ shape, path }: Variable): boolean {
    if (shape.length !== 2 || (this.excludeEmbeddings && path.toLowerCase().includes("embedding"))) return true;
    return this.#patterns.some((pattern) => pattern.test(path));
  }

  protected override rule(variable: Variable): Rule {
    return [adamOp, this.#usesAdam(variable) ? MOMENTS : MOMENTS.slice(0, 1)];
  }

  protected override coefficients(rate: number, step: number): number[] {
    return adamCells(Math.fround(rate * this.adamLrRatio), step, this.adamBeta1, this.adamBeta2, this.epsilon);
  }

  protected override decayOf(variable: Variable): number | null {
    return this.#usesAdam(variable) ? this.adamWeightDecay : this.weightDecay;
  }

  protected override update(step: UpdateStep): void {
    const { variable, gradient, slots, cells } = step;
    const [state] = slots;
    if (slots.length > 1) {
      super.update(step);
      return;
    }
    const old = state!.value();
    const momentum = old.add(gradient.add(old.mul(this.momentum - 1)));
    const direction = this.#orthogonal(this.nesterov ? gradient.add(momentum.mul(this.momentum)) : momentum);
    const change = direction.mul(cellOf(cells, 1));
    const size = this.rmsRate === null ? 1 : Math.sqrt(Math.max(...variable.shape)) * this.rmsRate;
    this.settle(variable, this.decayed(step).sub(change.mul(size)));
    this.settle(state!, momentum);
  }

  /** Nearly U·Vᵀ of the singular value decomposition. */
  #orthogonal(x: Tensor): Tensor {
    const { muonA, muonB, muonC, nsSteps } = this;
    const tall = x.shape[0]! > x.shape[1]!;
    let y = tall ? x.transpose() : x;
    y = y.div(y.square().sum().sqrt().add(1e-7));
    for (let i = 0; i < nsSteps; i++) {
      const a = y.matMul(y, false, true);
      y = y.mul(muonA).add(a.mul(muonB).add(a.mul(muonC).matMul(a)).matMul(y));
    }
    return tall ? y.transpose() : y;
  }
}
