// Unpacks the kernels: a raw LZMA stream (Pavlov, LZMA SDK specification) with lc = 3, lp = 0, pb = 2, written as text. It
// is a module of its own: as JavaScript it ran for 6 ms, most of them interpreted, and was no smaller.
//
// Memory: probabilities (u16) from 0 on, what is unpacked from OUTPUT on, the text behind it. Indices of probabilities are
// those of the SDK.

// @ts-ignore: decorator
@inline
const OUTPUT: usize = 16384;
// @ts-ignore: decorator
@inline
const IS_REPEAT = 192;
// @ts-ignore: decorator
@inline
const IS_REPEAT_0 = 204;
// @ts-ignore: decorator
@inline
const IS_REPEAT_1 = 216;
// @ts-ignore: decorator
@inline
const IS_REPEAT_2 = 228;
// @ts-ignore: decorator
@inline
const IS_LONG_REPEAT = 240;
// @ts-ignore: decorator
@inline
const SLOT = 432;
// @ts-ignore: decorator
@inline
const SPECIAL = 688;
// @ts-ignore: decorator
@inline
const ALIGN = 802;
// @ts-ignore: decorator
@inline
const LENGTH = 818;
// @ts-ignore: decorator
@inline
const REPEAT_LENGTH = 1332;
// @ts-ignore: decorator
@inline
const LITERAL = 1846;

let text: usize = 0;
/** Bits of the text that are read and not yet used: the lowest `unused` ones. */
let bits: u32 = 0;
let unused: i32 = 0;
let range: u32 = 0xffffffff;
let code: u32 = 0;

/** Brings a range below 2^24 back above it. A digit of the text has six bits: characters from # on, without the backslash. */
function refill(): void {
  for (; unused < 8; unused += 6) {
    const digit = <u32>load<u8>(text++) - 35;
    bits = bits << 6 | (digit - u32(digit > 57));
  }
  unused -= 8;
  range <<= 8;
  code = code << 8 | (bits >>> unused & 255);
}

function bit(index: u32): u32 {
  const at = index << 1;
  const p = <u32>load<u16>(at);
  const r = range;
  const c = code;
  const bound = (r >>> 11) * p;
  if (c >= bound) {
    range = r - bound;
    code = c - bound;
    store<u16>(at, p - (p >>> 5));
    if (!(range >>> 24)) refill();
    return 1;
  }
  range = bound;
  store<u16>(at, p + (2048 - p >>> 5));
  if (!(bound >>> 24)) refill();
  return 0;
}

function tree(base: u32, size: u32): u32 {
  let node: u32 = 1;
  while (!(node >>> size)) node = node << 1 | bit(base + node);
  return node - (1 << size);
}

/** The same with the lowest bit first. */
function reverseTree(base: u32, size: u32): u32 {
  let node: u32 = 1;
  let value: u32 = 0;
  for (let i: u32 = 0; i < size; i++) {
    const one = bit(base + node);
    node = node << 1 | one;
    value |= one << i;
  }
  return value;
}

function direct(size: u32): u32 {
  let value: u32 = 0;
  for (; size; size--) {
    range >>>= 1;
    const one = u32(code >= range);
    if (one) code -= range;
    value = value << 1 | one;
    if (!(range >>> 24)) refill();
  }
  return value;
}

function length(base: u32, place: u32): u32 {
  if (!bit(base)) return tree(base + 2 + (place << 3), 3);
  return bit(base + 1) ? 16 + tree(base + 258, 8) : 8 + tree(base + 130 + (place << 3), 3);
}

/** Unpacks `size` bytes, once for each instance. */
export function unpack(size: usize): void {
  for (let at: usize = 0; at < OUTPUT; at += 4) store<u32>(at, 1024 << 16 | 1024);
  const end = OUTPUT + size;
  text = end;
  // The first of five bytes is zero.
  for (let i = 0; i < 5; i++) {
    range = 1;
    refill();
  }
  range = 0xffffffff;
  // The last four distances.
  let d0: u32 = 1;
  let d1: u32 = 1;
  let d2: u32 = 1;
  let d3: u32 = 1;
  let state: u32 = 0;
  for (let out = OUTPUT; out < end; ) {
    const place = <u32>out & 3;
    if (!bit((state << 4) + place)) {
      const base = LITERAL + 768 * (out > OUTPUT ? <u32>load<u8>(out - 1) >>> 5 : 0);
      let node: u32 = 1;
      // While the bits agree with those of the byte one distance back, that byte's bit is part of the context.
      let match: u32 = state < 7 ? 0 : <u32>load<u8>(out - d0) | 256;
      while (node < 256) {
        const expected = match >>> 7 & 1;
        const context = match >>> 8 ? 1 + expected << 8 : 0;
        const one = bit(base + context + node);
        match = context && one == expected ? (match & 127) << 1 | 256 : 0;
        node = node << 1 | one;
      }
      store<u8>(out++, node);
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count: u32 = 1;
    const after: u32 = state < 7 ? 0 : 3;
    if (!bit(IS_REPEAT + state)) {
      const short = length(LENGTH, place);
      count = short + 2;
      state = 7 + after;
      const slot = tree(SLOT + (min(short, 3) << 6), 6);
      d3 = d2;
      d2 = d1;
      d1 = d0;
      d0 = slot;
      if (slot >= 4) {
        const size = (slot >>> 1) - 1;
        d0 = (2 | slot & 1) << size;
        d0 += slot < 14 ? reverseTree(SPECIAL + d0 - slot - 1, size) : (direct(size - 4) << 4) + reverseTree(ALIGN, 4);
      }
      d0++;
    } else {
      const here = !bit(IS_REPEAT_0 + state);
      if (here && !bit(IS_LONG_REPEAT + (state << 4) + place)) state = after ? 11 : 9;
      else {
        if (!here) {
          let d = d1;
          if (bit(IS_REPEAT_1 + state)) {
            d = d2;
            if (bit(IS_REPEAT_2 + state)) {
              d = d3;
              d3 = d2;
            }
            d2 = d1;
          }
          d1 = d0;
          d0 = d;
        }
        count = length(REPEAT_LENGTH, place) + 2;
        state = 8 + after;
      }
    }
    for (; count && out < end; count--, out++) store<u8>(out, load<u8>(out - d0));
  }
}
