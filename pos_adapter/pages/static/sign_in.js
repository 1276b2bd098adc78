// A keypad for the PIN where there is no keyboard; the form works without it.

const form = document.getElementById("sign-in");
const pin = document.getElementById("f-pin");

if (form) {
  document.getElementById("keypad").hidden = false;
  document.getElementById("plain-submit").hidden = true;
  form.addEventListener("click", (event) => {
    const digit = event.target.closest("[data-digit]")?.dataset.digit;
    if (digit === "back") pin.value = pin.value.slice(0, -1);
    else if (digit) pin.value = (pin.value + digit).slice(0, 12);
  });
  form.addEventListener("change", (event) => event.target.name === "cashier" && pin.focus());
  if (form.querySelector("input[name=cashier]:checked")) pin.focus();
}
