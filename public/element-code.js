// A QR code for the till to read: text of at most 106 bytes in squares, with the least of the four error corrections,
// which needs one block only (ISO/IEC 18004, versions 1 to 5). A screen has no scratches.

/** Codewords of data and of correction, by version. */
const DATA = [0, 19, 34, 55, 80, 108];
const CORRECTION = [0, 7, 10, 15, 20, 26];

/** The field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1. */
const POWER = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) {
  POWER[i] = POWER[i + 255] = x;
  LOG[x] = i;
  x = x & 128 ? (x << 1) ^ 0x11d : x << 1;
}
const times = (a, b) => (a && b ? POWER[LOG[a] + LOG[b]] : 0);

/** `{ size, dark }`: squares a side, and whether one is dark; null when the text is too long. */
export function codeOf(text) {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  while (version < 6 && bytes.length + 2 > DATA[version]) version += 1;
  if (version > 5) return null;
  const words = corrected(packed(bytes, DATA[version]), CORRECTION[version]);
  const size = 17 + 4 * version;
  let best = null;
  for (let mask = 0; mask < 8; mask++) {
    const squares = drawn(size, words, mask);
    const cost = noise(squares, size);
    if (!best || cost < best.cost) best = { cost, squares };
  }
  return { size, dark: (x, y) => (best.squares[y * size + x] & 1) === 1 };
}

/** The dark squares as a path of lines. */
export function pathOf({ size, dark }) {
  let path = "";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!dark(x, y)) continue;
      let end = x;
      while (end < size && dark(end, y)) end += 1;
      path += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = end;
    }
  }
  return path;
}

/** Mode "bytes", the length, the bytes, an end, and filling. */
function packed(bytes, room) {
  const words = new Uint8Array(room);
  words[0] = 0x40 | (bytes.length >> 4);
  let rest = bytes.length & 15;
  for (let i = 0; i < bytes.length; i++) {
    words[i + 1] = (rest << 4) | (bytes[i] >> 4);
    rest = bytes[i] & 15;
  }
  words[bytes.length + 1] = rest << 4;
  for (let i = bytes.length + 2, odd = false; i < room; i++, odd = !odd) words[i] = odd ? 0x11 : 0xec;
  return words;
}

/** The words with the rest of their division by the generator behind them (Reed and Solomon). */
function corrected(words, count) {
  let generator = new Uint8Array([1]);
  for (let i = 0; i < count; i++) {
    const next = new Uint8Array(generator.length + 1);
    for (let j = 0; j < generator.length; j++) {
      next[j] ^= generator[j];
      next[j + 1] ^= times(generator[j], POWER[i]);
    }
    generator = next;
  }
  const all = new Uint8Array(words.length + count);
  all.set(words);
  for (let i = 0; i < words.length; i++) {
    const factor = all[i];
    for (let j = 0; j <= count; j++) all[i + j] ^= times(generator[j], factor);
  }
  all.set(words);
  return all;
}

const MASKS = [
  (x, y) => (x + y) % 2, (_, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3, (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3), (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** Squares: 1 is dark, 2 says that the square is part of the frame and carries no data. */
function drawn(size, words, mask) {
  const squares = new Uint8Array(size * size);
  const set = (x, y, dark) => { if (x >= 0 && y >= 0 && x < size && y < size) squares[y * size + x] = 2 | (dark ? 1 : 0); };
  const ring = (cx, cy, radius, white) => {
    for (let y = -radius; y <= radius; y++) for (let x = -radius; x <= radius; x++) set(cx + x, cy + y, !white(Math.max(Math.abs(x), Math.abs(y))));
  };
  for (let i = 0; i < size; i++) {
    set(i, 6, i % 2 === 0);
    set(6, i, i % 2 === 0);
  }
  ring(3, 3, 4, (far) => far === 2 || far === 4);
  ring(size - 4, 3, 4, (far) => far === 2 || far === 4);
  ring(3, size - 4, 4, (far) => far === 2 || far === 4);
  if (size > 21) ring(size - 7, size - 7, 2, (far) => far === 1);
  format(set, size, mask);
  let bit = 0;
  // Two columns at a time from the right, upwards and downwards in turn, around the timing column.
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (let x = right; x > right - 2; x--) {
        const at = y * size + x;
        if (squares[at] & 2) continue;
        const dark = bit < words.length * 8 && (words[bit >> 3] >> (7 - (bit & 7))) & 1;
        squares[at] = dark ^ (MASKS[mask](x, y) === 0 ? 1 : 0);
        bit += 1;
      }
    }
  }
  return squares;
}

/** Which correction and which mask: fifteen bits, twice. */
function format(set, size, mask) {
  const value = (1 << 3) | mask;
  let rest = value << 10;
  for (let i = 14; i >= 10; i--) if ((rest >> i) & 1) rest ^= 0x537 << (i - 10);
  const bits = ((value << 10) | rest) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const dark = (bits >> i) & 1;
    set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, dark);
    set(i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, dark);
  }
  set(8, size - 8, true);
}

/** How hard a reader would find it: long runs, blocks, and too much of one colour. */
function noise(squares, size) {
  let cost = 0;
  let dark = 0;
  const at = (x, y) => squares[y * size + x] & 1;
  for (let a = 0; a < size; a++) {
    for (let turned = 0; turned < 2; turned++) {
      let run = 0;
      for (let b = 0; b < size; b++) {
        const now = turned ? at(a, b) : at(b, a);
        const before = b ? (turned ? at(a, b - 1) : at(b - 1, a)) : -1;
        run = now === before ? run + 1 : 1;
        cost += run === 5 ? 3 : run > 5 ? 1 : 0;
      }
    }
    for (let b = 0; b < size; b++) {
      dark += at(b, a);
      if (a && b && at(b, a) === at(b - 1, a) && at(b, a) === at(b, a - 1) && at(b, a) === at(b - 1, a - 1)) cost += 3;
    }
  }
  return cost + 10 * Math.floor(Math.abs((dark * 20) / (size * size) - 10));
}
