// How the numbers of a training are written, and what is read off its curves.

// 15.2k, 1.5M, 2G.
export function short(value) {
  const power = [..."kMGTPE"].findLastIndex((_, at) => value >= 999.95 * 1000 ** at) + 1;
  return `${Number((value / 1000 ** power).toFixed(1))}${" kMGTPE"[power].trim()}`;
}
export const decimals = (value) => (Number.isFinite(value) ? value.toFixed(3) : "");
export const rate = (value) => (value ? value.toExponential(2) : "0");

export function duration(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

export function bytes(size) {
  const unit = ["B", "kB", "MB", "GB", "TB"].find((_, at) => size < 1000 ** (at + 1)) ?? "TB";
  const shown = size / 1000 ** ["B", "kB", "MB", "GB", "TB"].indexOf(unit);
  return `${shown < 10 && unit !== "B" ? shown.toFixed(1) : Math.round(shown)} ${unit}`;
}

export const last = (curve) => curve?.value.at(-1);

export function middle(curve) {
  const values = [...(curve?.value ?? [])].sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)];
}

// Some of many, evenly, the first and the last among them.
export function some(all, most) {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, at) => all[Math.round((at * (all.length - 1)) / (most - 1))]);
}

// A moving mean that forgets exponentially, without the pull of the first value (as Adam's moments are corrected).
export function smoothed(values, weight) {
  let mean = 0;
  return values.map((value, at) => {
    mean = weight * mean + (1 - weight) * value;
    return mean / (1 - weight ** (at + 1));
  });
}

// Round numbers that the values lie between, about `most`.
export function ticks(low, high, most = 5) {
  if (!(high > low)) return [low];
  const rough = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((size) => size * unit).find((size) => size >= rough * (1 - 1e-9));
  const [first, end] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  return Array.from({ length: end - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

// Ticks of a logarithmic axis: 1, 2 and 5 of each power of ten, or powers alone where there are many.
export function logTicks(low, high) {
  const powers = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) powers.push(10 ** power);
  const fine = powers.flatMap((power) => [power, 2 * power, 5 * power]);
  const around = (all) => all.filter((_, at) => (all[at + 1] ?? Infinity) > low && (all[at - 1] ?? 0) < high);
  const found = around(fine).map((tick) => Number(tick.toPrecision(6)));
  return found.length > 8 ? around(powers) : found;
}
