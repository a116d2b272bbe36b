/** Where each kind of bit has its probabilities (the layout of the LZMA SDK), for lc = 3, lp = 0, pb = 2. */
const IS_REPEAT = 192;
const IS_REPEAT_0 = 204;
const IS_REPEAT_1 = 216;
const IS_REPEAT_2 = 228;
const IS_LONG_REPEAT = 240;
const SLOT = 432;
const SPECIAL = 688;
const ALIGN = 802;
const LENGTH = 818;
const REPEAT_LENGTH = 1332;
const LITERAL = 1846;

/**
 * The first `size` bytes of a raw LZMA stream. LZMA (Pavlov, LZMA SDK specification) codes the kernels a sixth smaller than
 * deflate does, and this decoder is smaller than an inflate.
 */
export function unpackLzma(source: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const probabilities = new Uint16Array(LITERAL + 768 * 8).fill(1024);
  // In a typed array, because engines put variables above 2^31 on their heap.
  const coder = new Uint32Array([0xffffffff, new DataView(source.buffer, source.byteOffset).getUint32(1)]);
  let at = 5;

  /** Splits the range: 1 when the code lies in the part from `bound` on. */
  const split = (bound: number): number => {
    let range = coder[0]!;
    let code = coder[1]!;
    const one = code >= bound ? 1 : 0;
    if (one) {
      range -= bound;
      code -= bound;
    } else range = bound;
    if (range < 0x1000000) {
      range <<= 8;
      code = (code << 8) | source[at++]!;
    }
    coder[0] = range;
    coder[1] = code;
    return one;
  };
  const bit = (index: number): number => {
    const p = probabilities[index]!;
    const one = split((coder[0]! >>> 11) * p);
    probabilities[index] = p + (one ? -(p >> 5) : (2048 - p) >> 5);
    return one;
  };
  const tree = (base: number, bits: number): number => {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | bit(base + node);
    return node - (1 << bits);
  };
  /** The same with the lowest bit first. */
  const reverseTree = (base: number, bits: number): number => {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const b = bit(base + node);
      node = (node << 1) | b;
      value |= b << i;
    }
    return value;
  };
  const direct = (bits: number): number => {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const half = coder[0]! >>> 1;
      coder[0] = half * 2;
      value = value * 2 + split(half);
    }
    return value;
  };
  const length = (base: number, place: number): number => {
    if (bit(base) === 0) return tree(base + 2 + place * 8, 3);
    return bit(base + 1) === 0 ? 8 + tree(base + 130 + place * 8, 3) : 16 + tree(base + 258, 8);
  };

  /** The last four distances, less one. */
  let distances = [0, 0, 0, 0];
  let state = 0;
  for (let n = 0; n < size; ) {
    const place = n & 3;
    const last = distances[0]!;
    if (bit(state * 16 + place) === 0) {
      const base = LITERAL + 768 * ((out[n - 1] ?? 0) >> 5);
      let node = 1;
      let match = state < 7 ? 0 : out[n - last - 1]! | 256;
      while (node < 256) {
        // While the bits agree with those of the byte one distance back, that byte's bit is part of the context.
        const expected = (match >> 7) & 1;
        const b = bit(base + (match >= 256 ? (1 + expected) << 8 : 0) + node);
        match = b === expected && match >= 256 ? ((match & 127) << 1) | 256 : 0;
        node = (node << 1) | b;
      }
      out[n++] = node;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count = 1;
    if (bit(IS_REPEAT + state) === 0) {
      const short = length(LENGTH, place);
      count = short + 2;
      state = state < 7 ? 7 : 10;
      const slot = tree(SLOT + 64 * Math.min(short, 3), 6);
      let distance = slot;
      if (slot >= 4) {
        const bits = (slot >> 1) - 1;
        distance = (2 | (slot & 1)) << bits;
        distance +=
          slot < 14 ? reverseTree(SPECIAL + distance - slot - 1, bits) : direct(bits - 4) * 16 + reverseTree(ALIGN, 4);
      }
      distances = [distance, ...distances.slice(0, 3)];
    } else {
      const which =
        bit(IS_REPEAT_0 + state) === 0 ? 0 : bit(IS_REPEAT_1 + state) === 0 ? 1 : 2 + bit(IS_REPEAT_2 + state);
      if (which === 0 && bit(IS_LONG_REPEAT + state * 16 + place) === 0) state = state < 7 ? 9 : 11;
      else {
        distances.unshift(...distances.splice(which, 1));
        count = length(REPEAT_LENGTH, place) + 2;
        state = state < 7 ? 8 : 11;
      }
    }
    for (const back = distances[0]! + 1; count > 0 && n < size; count--) out[n] = out[n++ - back]!;
  }
  return out;
}
