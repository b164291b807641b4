// How what a model wrote is made ready for `Rich`, which sets what stands between delimiters of mathematics.

// As in render.js each alternative stops at the next delimiter of its own kind: the whole takes linear time.
const MATHS_OR_BOX = new RegExp(
  [
    /\$\$(?:[^$]|\$(?!\$)){1,4000}\$\$/,
    /\\\[(?:[^\\]|\\[^[\]]){1,4000}\\\]/,
    /\\\((?:[^\\]|\\[^()]){1,4000}\\\)/,
    /\$(?![\s$])[^$\n]{1,4000}(?<!\s)\$(?!\d)/,
    /\\boxed *\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){1,500}\}/,
  ]
    .map((one) => one.source)
    .join("|"),
  "g",
);
const SENTENCE = /[A-Za-z]{2,}\s+[A-Za-z]{2,}/;

// A block whose boxes are set as formulas also where no delimiters are around them, as models often write.
export function withBoxes(block) {
  if (block.type !== "text" || !block.content.includes("\\boxed")) return block;
  const content = block.content.replace(MATHS_OR_BOX, (part) => (part.startsWith("\\boxed") && !SENTENCE.test(part) ? `\\(${part}\\)` : part));
  return { ...block, content };
}

// An answer as it was written; what is LaTeX is set as a formula.
export function asFormula(answer) {
  return /[\\^_{}]/.test(answer) && !/\$|\\\(|\\\[/.test(answer) && !SENTENCE.test(answer) ? `\\(${answer}\\)` : answer;
}

// Seconds as a person says them.
export function took(seconds) {
  return seconds < 0.01 ? "under 0.01 s" : `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
}
