/** jax-js on WebAssembly: the network and Adam by hand, the whole step under one `jit`, as its MNIST demo does. */
import { defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
import { batchOf, EPSILON, LEARNING_RATE, MOMENTUM, weightsOf } from "./workloads.mjs";

export const name = "jax-js";

let worksAside = false;

/** `threads` > 1 needs a `Worker` in the global scope when this file is imported. */
export async function start(threads = 1) {
  worksAside = threads > 1;
  await init("wasm");
  defaultDevice("wasm");
}

const array = ({ data, shape }) => np.array(data).reshape(shape);

/** Trainable weights and moving statistics, layer by layer. */
function parametersOf(workload) {
  const weights = weightsOf(workload).map(array);
  const trained = [];
  const moving = [];
  workload.hidden.forEach((_, i) => {
    const [w, b, gamma, beta, mean, variance] = weights.slice(i * 6, i * 6 + 6);
    trained.push({ w, b, gamma, beta });
    moving.push({ mean, variance });
  });
  const [w, b] = weights.slice(-2);
  return { trained: [...trained, { w, b }], moving };
}

/** The network in training: logits, and the batch's statistics. Arguments are used up, as jax-js wants it. */
function forward(rate, trained, x, keys) {
  const hidden = trained.slice(0, -1);
  const { w: last, b: bias } = trained.at(-1);
  const statistics = [];
  let h = x;
  hidden.forEach(({ w, b, gamma, beta }, i) => {
    h = nn.relu(np.matmul(h, w).add(b));
    const mean = h.ref.mean(0);
    const centred = h.sub(mean.ref);
    const variance = np.square(centred.ref).mean(0);
    h = centred.mul(np.reciprocal(np.sqrt(variance.ref.add(EPSILON))).mul(gamma)).add(beta);
    statistics.push({ mean, variance });
    if (rate === 0) {
      keys[i].dispose();
      return;
    }
    const kept = random.bernoulli(keys[i], 1 - rate, h.shape);
    h = np.where(kept, h.mul(1 / (1 - rate)), 0);
  });
  return [np.matmul(h, last).add(bias), statistics];
}

/** Adam with Keras's defaults: one learning rate for the bias-corrected step. */
function adam(w, g, m, v, alpha) {
  const m2 = m.ref.add(g.ref.sub(m).mul(1 - 0.9));
  const v2 = v.ref.add(
    np
      .square(g)
      .sub(v)
      .mul(1 - 0.999),
  );
  const w2 = w.sub(m2.ref.mul(alpha).div(np.sqrt(v2.ref).add(1e-7)));
  return [w2, m2, v2];
}

const zerosLike = (trained) => tree.map((a) => np.zeros(a.shape), trained);

export function trainer(workload, { rate = workload.rate, learningRate = LEARNING_RATE } = {}) {
  let { trained, moving } = parametersOf(workload);
  let [m, v] = [zerosLike(tree.ref(trained)), zerosLike(tree.ref(trained))];
  const { x, y, size } = batchOf(workload);
  const inputs = array({ data: x, shape: [size, workload.features] });
  const targets = array({ data: y, shape: [size, workload.classes] });

  const loss = (weights, xs, ys, keys) => {
    const [logits, statistics] = forward(rate, weights, xs, keys);
    return [nn.logSoftmax(logits).mul(ys).sum(-1).mean().neg(), statistics];
  };
  const step = jit((weights, moments, velocities, averages, xs, ys, keys, alpha) => {
    const [[value, statistics], grads] = valueAndGrad(loss, { hasAux: true })(tree.ref(weights), xs, ys, keys);
    const [ws, gs, ms, vs] = [weights, grads, moments, velocities].map((part) => tree.flatten(part));
    const next = ws[0].map((w, i) => adam(w, gs[0][i], ms[0][i], vs[0][i], alpha.ref));
    alpha.dispose();
    const parts = [0, 1, 2].map((k) =>
      tree.unflatten(
        ws[1],
        next.map((triple) => triple[k]),
      ),
    );
    const averaged = averages.map(({ mean, variance }, i) => ({
      mean: mean.mul(MOMENTUM).add(statistics[i].mean.mul(1 - MOMENTUM)),
      variance: variance.mul(MOMENTUM).add(statistics[i].variance.mul(1 - MOMENTUM)),
    }));
    return [value, ...parts, averaged];
  });

  let t = 0;
  const next = () => {
    t++;
    const alpha = (learningRate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    const keys = workload.hidden.map((_, i) => random.key(t * 10 + i));
    let value;
    [value, trained, m, v, moving] = step(trained, m, v, moving, inputs.ref, targets.ref, keys, np.array(alpha));
    return value;
  };
  // What workers compute cannot be read without waiting.
  return { step: worksAside ? async () => (await next().data())[0] : () => next().dataSync()[0] };
}

export function product(n) {
  const { x } = batchOf({ batch: n, features: n, classes: 1 });
  const [a, b] = [x, x].map((data) => array({ data, shape: [n, n] }));
  const multiply = jit((p, q) => np.matmul(p, q));
  return { step: () => multiply(a.ref, b.ref).dataSync(), result: () => multiply(a.ref, b.ref).dataSync() };
}
