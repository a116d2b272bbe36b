/** The size of a box, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a box stands: the middle of its upper edge. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A part of an arrow: down from `y` to `end`, and from there to the next. */
interface Step extends Place {
  readonly end: number;
}

export interface Layout extends Size {
  readonly places: readonly Place[];
  /**
   * The way from a box to one that gets values from it: down from the box to the end of its row, through the rows between,
   * to the other box's row.
   */
  way(from: number, to: number): readonly Step[];
}

/** A box, or the place where an arrow passes a row. */
interface Item {
  readonly row: number;
  readonly width: number;
  /** Boxes hold their place, arrows give way. A box has WEIGHT, an arrow 1. */
  readonly weight: number;
  readonly up: Item[];
  readonly down: Item[];
  x: number;
}

const GAP = { x: 28, y: 40 };
const SWEEPS = 6;
const WEIGHT = 1000;
/** What an arrow takes of a row, in pixels. */
const ROOM = 8;

/**
 * Puts the boxes of a graph into rows so that arrows point downwards: layers by the longest way to them, arrows that pass a
 * row as items of their own (all arrows from one box share them), each row ordered and moved towards what it is connected
 * with (Sugiyama, Tagawa and Toda 1981; places by isotonic regression). Only sums, products and quotients are computed with:
 * the same graph gives the same picture in every engine.
 *
 * @param parents for each box those it gets values from, which come before it in the list
 * @param top how much is left free above
 */
export function layOut(sizes: readonly Size[], parents: readonly (readonly number[])[], top: number): Layout {
  const { items, chains, rows } = itemsOf(sizes, parents);
  order(rows);
  place(rows);
  const all = rows.flat();
  const first = all[0]?.x ?? 0;
  const left = all.reduce((least, { x, width }) => Math.min(least, x - width / 2), first);
  const right = all.reduce((most, { x, width }) => Math.max(most, x + width / 2), first);
  const heights = rows.map(() => 0);
  items.forEach(({ row }, i) => {
    heights[row] = Math.max(heights[row]!, sizes[i]!.height);
  });
  let bottom = top - GAP.y;
  const tops = heights.map((height) => {
    bottom += GAP.y + height;
    return bottom - height;
  });
  const at = ({ x, row }: Item, below = 0): Step => {
    return { x: x - left, y: tops[row]! + below, end: tops[row]! + heights[row]! };
  };
  return {
    width: right - left,
    height: Math.max(top, bottom),
    places: items.map((item) => at(item)),
    way(from, to) {
      const [source, target] = [items[from]!, items[to]!];
      const passed = chains[from]!.slice(0, target.row - source.row - 1);
      return [at(source, sizes[from]!.height), ...passed.map((item) => at(item)), at(target)];
    },
  };
}

/** Boxes and arrows that pass rows: by box, by the box an arrow comes from, and by row. */
function itemsOf(
  sizes: readonly Size[],
  parents: readonly (readonly number[])[],
): { readonly items: Item[]; readonly chains: Item[][]; readonly rows: Item[][] } {
  const ranks = ranksOf(parents);
  const rows: Item[][] = [];
  const add = (row: number, width: number, weight: number): Item => {
    while (rows.length <= row) rows.push([]);
    const item = { row, width, weight, up: [], down: [], x: 0 };
    rows[row]!.push(item);
    return item;
  };
  const items = sizes.map(({ width }, i) => add(ranks[i]!, width, WEIGHT));
  const chains = sizes.map((): Item[] => []);
  const link = (above: Item, below: Item): void => {
    above.down.push(below);
    below.up.push(above);
  };
  parents.forEach((list, to) => {
    for (const from of list) {
      const [source, target, chain] = [items[from]!, items[to]!, chains[from]!];
      while (chain.length < target.row - source.row - 1) {
        const passing = add(source.row + chain.length + 1, ROOM, 1);
        link(chain.at(-1) ?? source, passing);
        chain.push(passing);
      }
      link(chain[target.row - source.row - 2] ?? source, target);
    }
  });
  return { items, chains, rows };
}

/** The row of each box: below all it gets values from. Those that get none stand right above the first that uses them. */
function ranksOf(parents: readonly (readonly number[])[]): number[] {
  const ranks: number[] = [];
  for (const list of parents) ranks.push(list.reduce((most, from) => Math.max(most, ranks[from]! + 1), 0));
  const first = parents.map(() => Infinity);
  parents.forEach((list, to) => {
    for (const from of list) first[from] = Math.min(first[from]!, ranks[to]!);
  });
  return ranks.map((rank, i) => (parents[i]!.length === 0 && first[i]! < Infinity ? first[i]! - 1 : rank));
}

/** Orders each row by where the items are that its items are connected with, from above and from below in turn. */
function order(rows: Item[][]): void {
  const number = (row: readonly Item[]): void => {
    row.forEach((item, i) => {
      item.x = i;
    });
  };
  rows.forEach(number);
  for (let sweep = 0; sweep < SWEEPS + 1; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const keys = new Map(row.map((item) => [item, meanOf(down ? item.up : item.down) ?? item.x]));
      row.sort((a, b) => keys.get(a)! - keys.get(b)!);
      number(row);
    }
  }
}

function meanOf(items: readonly Item[]): number | undefined {
  let [sum, weights] = [0, 0];
  for (const { x, weight } of items) [sum, weights] = [sum + x * weight, weights + weight];
  return weights === 0 ? undefined : sum / weights;
}

/** Where an item would best stand for its neighbours: an arrow goes straight on, a box stands amid them. */
function wishOf(item: Item, neighbours: readonly Item[]): number {
  const arrows = item.weight === WEIGHT ? [] : neighbours.filter(({ weight }) => weight !== WEIGHT);
  return meanOf(arrows.length > 0 ? arrows : neighbours) ?? item.x;
}

/** Moves the items of each row as near as possible to what they are connected with, in their order and without overlap. */
function place(rows: readonly Item[][]): void {
  for (const row of rows) settleRow(row, () => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const row of rows) settleRow(row, (item) => wishOf(item, item.up));
    for (const row of [...rows].reverse()) settleRow(row, (item) => wishOf(item, item.down));
  }
  for (const row of rows) settleRow(row, (item) => wishOf(item, [...item.up, ...item.down]));
}

/** Least squares under the condition that neighbours keep their distance: pools those that would come too near. */
function settleRow(row: readonly Item[], wish: (item: Item) => number): void {
  let offset = 0;
  const offsets = row.map(({ width }, i) => {
    offset += i === 0 ? 0 : (row[i - 1]!.width + width) / 2 + GAP.x;
    return offset;
  });
  const pools: { sum: number; weight: number; count: number }[] = [];
  row.forEach((item, i) => {
    const { weight } = item;
    let pool = { sum: (wish(item) - offsets[i]!) * weight, weight, count: 1 };
    for (let before = pools.at(-1); before !== undefined; before = pools.at(-1)) {
      if (before.sum / before.weight <= pool.sum / pool.weight) break;
      pools.pop();
      pool = { sum: before.sum + pool.sum, weight: before.weight + pool.weight, count: before.count + pool.count };
    }
    pools.push(pool);
  });
  let i = 0;
  for (const { sum, weight, count } of pools) {
    for (const stop = i + count; i < stop; i++) row[i]!.x = sum / weight + offsets[i]!;
  }
}
