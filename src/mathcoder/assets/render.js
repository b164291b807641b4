// Renders the formulas in elements of class "tex-text", whose content is text: $..$, $$..$$, \(..\), \[..\].
//
// What is rendered comes from anywhere. It goes onto the page as text nodes and through KaTeX without trust (no
// links, images or attributes of its own), with bounds on length, size and macros; what fails stays as it was written.
"use strict";
(() => {
  // Each alternative stops at the next delimiter of its own kind, so that the whole takes linear time. A dollar opens
  // a formula where no space follows it, and closes one where no space stands before it and no digit follows it:
  // "$5 and $10" are prices. The last alternative passes over what opens nothing: \$, \\, a lonely $$.
  const FORMULA = new RegExp(
    [
      /\$\$((?:[^$\\]|\\[^]|\$(?!\$)){1,4000})\$\$/,
      /\\\[((?:[^\\]|\\[^[\]]){1,4000})\\\]/,
      /\\\(((?:[^\\]|\\[^()]){1,4000})\\\)/,
      /\$(?![\s$])((?:[^$\\\n]|\\[^]|\n(?!\s*\n)){1,4000})(?<!\s)\$(?!\d)/,
      /\\[^]|\$\$/,
    ]
      .map((one) => one.source)
      .join("|"),
    "g",
  );
  const OPTIONS = {
    throwOnError: false,
    trust: false,
    strict: "ignore",
    maxExpand: 200,
    maxSize: 20,
    errorColor: "var(--bad, #b3261e)",
  };

  function formula(match) {
    const [source, dollars, brackets, parentheses, dollar] = match;
    const element = document.createElement("span");
    const displayMode = dollars !== undefined || brackets !== undefined;
    element.className = displayMode ? "tex-display" : "tex-inline";
    try {
      katex.render(dollars ?? brackets ?? parentheses ?? dollar, element, { ...OPTIONS, displayMode });
    } catch {
      element.className = "tex-failed"; // nested too deeply
      element.textContent = source;
    }
    return element;
  }

  function render(element) {
    const text = element.textContent;
    const content = document.createDocumentFragment();
    let done = 0;
    for (const match of text.matchAll(FORMULA)) {
      if (match.slice(1).some((inside) => inside?.trim())) {
        const shown = formula(match);
        content.append(text.slice(done, match.index), shown);
        done = match.index + match[0].length;
        // A displayed formula has a line of its own: the rest of the line it was written in starts a new one.
        if (shown.className === "tex-display") done += text.slice(done).match(/^[^\S\n]*\n?/)[0].length;
      }
    }
    content.append(text.slice(done));
    element.replaceChildren(content);
    element.dataset.rendered = "";
  }

  function renderAll(root = document) {
    for (const element of root.querySelectorAll(".tex-text:not([data-rendered])")) render(element);
  }

  globalThis.renderFormulas = renderAll;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => renderAll());
  else renderAll();
})();
