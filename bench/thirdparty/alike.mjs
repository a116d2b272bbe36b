/** Fails unless two results agree: nobody shall time a wrong answer. */
export function assertAlike(name, ours, theirs, tolerance = 1e-3) {
  const [a, b] = [ours, theirs].map((values) => (typeof values === "number" ? [values] : values));
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Math.abs(a[i] - b[i]));
    scale = Math.max(scale, Math.abs(b[i]));
  }
  if (a.length !== b.length || !(worst <= tolerance * scale)) {
    throw new Error(`${name}: results differ by ${worst} of ${scale} (${a.length} and ${b.length} numbers)`);
  }
}
