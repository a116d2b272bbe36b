/** Arrays in float64 with plain loops over indices: the slow, obvious way, to compare kernels and strides with. */

export type Dims = readonly number[];
export type Numbers = ArrayLike<number>;

export function sizeOf(shape: Dims): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** All indices of a shape in C order. */
export function indicesOf(shape: Dims): number[][] {
  const found: number[][] = [];
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    const index: number[] = [];
    let rest = flat;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index.unshift(rest % shape[axis]!);
      rest = Math.floor(rest / shape[axis]!);
    }
    found.push(index);
  }
  return found;
}

/** Place of an index in an array of a shape. */
export function flatIndex(index: Dims, shape: Dims): number {
  let flat = 0;
  shape.forEach((dim, axis) => {
    flat = flat * dim + index[axis]!;
  });
  return flat;
}

/** The value of an array that broadcasts, at an index of the result. */
export function broadcastAt(x: Numbers, shape: Dims, index: Dims): number {
  const own = shape.map((dim, axis) => (dim === 1 ? 0 : index[index.length - shape.length + axis]!));
  return x[flatIndex(own, shape)]!;
}

/** NumPy's broadcasting of shapes; undefined when they do not fit. */
export function broadcastShape(a: Dims, b: Dims): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const pad = (shape: Dims): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [x, y] = [pad(a), pad(b)];
  const result = x.map((dim, i) => (dim === 1 ? y[i]! : dim));
  return x.every((dim, i) => dim === y[i] || dim === 1 || y[i] === 1) ? result : undefined;
}

/** f of two arrays, element by element with broadcasting. */
export function zip(
  f: (x: number, y: number) => number,
  aShape: Dims,
  bShape: Dims,
): (a: Numbers, b: Numbers) => number[] {
  const shape = broadcastShape(aShape, bShape)!;
  const indices = indicesOf(shape);
  return (a, b) => indices.map((index) => f(broadcastAt(a, aShape, index), broadcastAt(b, bShape, index)));
}

/** f of each element. */
export function map(f: (x: number) => number): (x: Numbers) => number[] {
  return (x) => Array.from(x, f);
}

/** f of the elements at the same place of arrays of one shape. */
export function mapAll(f: (...values: number[]) => number): (...arrays: Numbers[]) => number[] {
  return (...arrays) => Array.from(arrays[0]!, (_, i) => f(...arrays.map((array) => array[i]!)));
}

export function transpose(x: Numbers, shape: Dims, perm: Dims): number[] {
  const result = perm.map((axis) => shape[axis]!);
  return indicesOf(result).map((index) => {
    const source = new Array<number>(shape.length);
    perm.forEach((axis, i) => {
      source[axis] = index[i]!;
    });
    return x[flatIndex(source, shape)]!;
  });
}

export function broadcastTo(x: Numbers, from: Dims, to: Dims): number[] {
  return indicesOf(to).map((index) => broadcastAt(x, from, index));
}

export function slice(x: Numbers, shape: Dims, begin: Dims, size: Dims): number[] {
  return indicesOf(size).map(
    (index) =>
      x[
        flatIndex(
          index.map((i, axis) => i + begin[axis]!),
          shape,
        )
      ]!,
  );
}

export function pad(x: Numbers, shape: Dims, before: Dims, after: Dims, value: number): number[] {
  const result = shape.map((dim, axis) => dim + before[axis]! + after[axis]!);
  return indicesOf(result).map((index) => {
    const source = index.map((i, axis) => i - before[axis]!);
    return source.every((i, axis) => i >= 0 && i < shape[axis]!) ? x[flatIndex(source, shape)]! : value;
  });
}

export function concat(parts: readonly Numbers[], shapes: readonly Dims[], axis: number): number[] {
  const result = shapes[0]!.map((dim, i) => (i === axis ? shapes.reduce((sum, shape) => sum + shape[axis]!, 0) : dim));
  return indicesOf(result).map((index) => {
    let rest = index[axis]!;
    let part = 0;
    while (rest >= shapes[part]![axis]!) rest -= shapes[part++]![axis]!;
    return parts[part]![
      flatIndex(
        index.map((i, at) => (at === axis ? rest : i)),
        shapes[part]!,
      )
    ]!;
  });
}

/** Folds the values along some axes of each element of what remains. */
export function reduce(x: Numbers, shape: Dims, axes: Dims, fold: (values: number[]) => number): number[] {
  const kept = shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const groups = indicesOf(kept).map((): number[] => []);
  for (const index of indicesOf(shape)) {
    const at = flatIndex(
      index.map((i, axis) => (axes.includes(axis) ? 0 : i)),
      kept,
    );
    groups[at]!.push(x[flatIndex(index, shape)]!);
  }
  return groups.map(fold);
}

/** An array of another shape: for each index of the result the place in x, or undefined for a constant. */
export function arrange(
  x: Numbers,
  shape: Dims,
  result: Dims,
  source: (index: readonly number[]) => Dims | undefined,
  constant = 0,
): number[] {
  return indicesOf(result).map((index) => {
    const place = source(index);
    return place === undefined ? constant : x[flatIndex(place, shape)]!;
  });
}
