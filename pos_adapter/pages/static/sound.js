// One short tone for a scan that was taken, a low one for a scan that was not.

let context = null;

export function beep(good) {
  try {
    context ??= new AudioContext();
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = good ? 1400 : 240;
    volume.gain.value = 0.06;
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + (good ? 0.07 : 0.25));
  } catch {
    // no sound device: the screen says it all
  }
}
