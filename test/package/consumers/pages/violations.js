// Counts what the page's policy forbids; one violation is ours.
window.violations = []
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(event.violatedDirective),
)
try {
  new Function('return 1')()
} catch (error) {
  window.evalFails = error.name
}
