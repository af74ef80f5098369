// What html-validate looks for: the standard, accessibility and good practice, except what is said here with its reason.

export default {
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    // Lines of templates: whitespace is cheap, and compressed away.
    "no-trailing-whitespace": "off",
    // A button in a form sends it; that is what it is for.
    "no-implicit-button-type": "off",
    // `align` on the cells of a Markdown table: a style would need what the security policy forbids, and other servers know no class of ours.
    "no-deprecated-attr": "off",
  },
};
