// The camera in its dialog: opened by a button, never by itself.

import { boot, t } from "./boot.js";
import { CameraScanner } from "./camera.js";

const STATES = {
  starting: "Starting the camera …",
  on: "Hold the code in the frame.",
  paused: "",
  off: "",
  "no-camera": "No camera was found. Use the scanner, type the code, or choose a picture.",
  refused:
    "The camera was refused. Allow it beside the address, type the code, or choose a picture.",
  busy: "The camera is in use by another program. Close it, then try again.",
  insecure:
    "The browser gives the camera to secure pages only. Use the scanner or choose a picture.",
  "no-decoder": "The code reader could not be loaded. Use the scanner or type the code.",
};

/** Wire the dialog; `onCode({text, format})` is called for each code. Returns {open, close}. */
export function scanDialog(dialog, onCode) {
  const status = dialog.querySelector("[data-status]");
  const file = dialog.querySelector("input[type=file]");
  const frame = dialog.querySelector(".camera");
  const scanner = new CameraScanner({
    video: dialog.querySelector("video"),
    decoderUrl: boot.urls.decoder,
    wasmUrl: boot.urls.wasm,
    onCode,
    onState: (state) => {
      status.textContent = STATES[state] ? t(STATES[state]) : "";
      dialog.dataset.camera = state;
      frame.hidden = !["starting", "on", "paused"].includes(state);
    },
  });
  dialog.addEventListener("close", () => scanner.stop());
  file.addEventListener("change", async () => {
    const [picture] = file.files;
    if (picture && !(await scanner.readPicture(picture)))
      status.textContent = t("No code was found in the picture.");
    file.value = "";
  });
  return {
    open: () => {
      dialog.showModal();
      return scanner.start();
    },
    close: () => dialog.close(),
    say: (text) => {
      status.textContent = text;
    },
  };
}
