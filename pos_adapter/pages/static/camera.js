// The camera as a scanner. The decoder (wasm) is fetched on first use; the camera is let go of
// whenever the page is hidden, because some phones come back with a black picture.

const WIDTH = 640;
const PAUSE_MS = 90;
const SAME_AGAIN_MS = 2500;
const FORMATS = ["QRCode", "EAN13", "EAN8", "UPCA", "UPCE"];

/**
 * A camera that shows itself in `video` and calls `onCode({text, format})`.
 * `onState` hears: starting, on, paused, off, no-camera, refused, busy, insecure, no-decoder.
 */
export class CameraScanner {
  constructor({ video, decoderUrl, wasmUrl, onCode, onState }) {
    Object.assign(this, { video, decoderUrl, wasmUrl, onCode, onState });
    this.wanted = false;
    this.turn = 0;
    this.seen = { text: "", until: 0 };
    document.addEventListener("visibilitychange", () => this.followPage());
  }

  async start() {
    this.wanted = true;
    await this.open();
  }

  stop() {
    this.wanted = false;
    this.close();
    this.onState("off");
  }

  /** Read one picture that the person chose or took; the way out where no camera opens. */
  async readPicture(file) {
    const decoder = await this.decoder();
    const found = decoder ? await decoder.readBarcodes(file, options(true)) : [];
    if (found.length) this.onCode({ text: found[0].text, format: found[0].format });
    return found.length > 0;
  }

  followPage() {
    if (!this.wanted) return;
    if (!document.hidden) return void this.open();
    this.close();
    this.onState("paused");
  }

  async open() {
    const turn = ++this.turn;
    if (!navigator.mediaDevices?.getUserMedia) return this.onState("insecure");
    this.onState("starting");
    const stream = await this.askForCamera();
    if (!stream) return;
    if (turn !== this.turn || !this.wanted) return letGo(stream);
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play().catch(() => {});
    const decoder = await this.decoder();
    if (!decoder || turn !== this.turn) return;
    this.onState("on");
    this.look(turn, decoder);
  }

  close() {
    this.turn += 1;
    if (this.stream) letGo(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  async askForCamera() {
    try {
      return await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          facingMode: { ideal: "environment" },
          width: { ideal: WIDTH },
          height: { ideal: 480 },
        },
      });
    } catch (error) {
      this.wanted = false;
      this.onState(CAMERA_ERRORS[error.name] ?? "busy");
      return null;
    }
  }

  async decoder() {
    this.loading ??= import(this.decoderUrl).then((module) => {
      module.prepareZXingModule({ overrides: { locateFile: () => this.wasmUrl } });
      return module;
    });
    try {
      return await this.loading;
    } catch {
      this.loading = null;
      this.onState("no-decoder");
      return null;
    }
  }

  async look(turn, decoder) {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    while (turn === this.turn) {
      const picture = frame(this.video, canvas, context);
      const found = picture ? await this.decode(decoder, picture) : [];
      if (turn === this.turn && found.length) this.report(found[0]);
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }

  async decode(decoder, picture) {
    try {
      return await decoder.readBarcodes(picture, options(false));
    } catch {
      this.turn += 1; // the wasm was refused or is broken: no use in looking on
      this.onState("no-decoder");
      return [];
    }
  }

  /** Report a code once while it stays in view. */
  report({ text, format }) {
    const now = performance.now();
    const again = text === this.seen.text && now < this.seen.until;
    this.seen = { text, until: now + SAME_AGAIN_MS };
    if (!again) this.onCode({ text, format });
  }
}

const CAMERA_ERRORS = {
  NotFoundError: "no-camera",
  OverconstrainedError: "no-camera",
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotReadableError: "busy",
  AbortError: "busy",
};

function options(still) {
  return {
    formats: FORMATS,
    maxNumberOfSymbols: 1,
    tryHarder: true,
    tryInvert: still,
    tryRotate: true,
  };
}

function letGo(stream) {
  for (const track of stream.getTracks()) track.stop();
}

function frame(video, canvas, context) {
  if (!video.videoWidth) return null;
  canvas.width = Math.min(WIDTH, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
