/** Sound and browser notifications: off until the clerk switches them on, remembered on this device. */

const KEY = "amtslotse-konsole";
const TONE_HZ = 660;
const TONE_S = 0.18;
const VOLUME = 0.08;

export interface Settings {
  sound: boolean;
  notices: boolean;
  /** Shortcuts that are a single letter; can be switched off (WCAG 2.1.4). */
  letters: boolean;
}

const DEFAULTS: Settings = { sound: false, notices: false, letters: true };

function stored(): Settings {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return { ...DEFAULTS, ...(typeof found === "object" ? found : {}) };
  } catch {
    return { ...DEFAULTS };
  }
}

/** Tells a clerk who looks elsewhere that something waits. Never says what: screens are seen by others. */
export class Alerts {
  settings: Settings = stored();
  private audio: AudioContext | null = null;

  /** Switches one setting; asks the browser for leave only here, at the clerk's click. Gives a German sentence. */
  async toggle(name: keyof Settings): Promise<string> {
    const on = !this.settings[name];
    if (name === "notices" && on && !(await this.allowed())) {
      return "Ihr Browser erlaubt hier keine Mitteilungen. Sie können das in seinen Einstellungen ändern.";
    }
    this.settings = { ...this.settings, [name]: on };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.settings));
    } catch {
      // a device that keeps nothing: the switch holds for this page
    }
    if (name === "sound" && on) this.beep();
    const names: Record<keyof Settings, string> = {
      sound: "Der Ton ist",
      notices: "Mitteilungen sind",
      letters: "Tasten mit einzelnen Buchstaben sind",
    };
    return `${names[name]} ${on ? "an" : "aus"}.`;
  }

  /** Something new: a tone, and a notification while the page is hidden. */
  tell(text: string): void {
    if (this.settings.sound) this.beep();
    if (this.settings.notices && document.hidden && "Notification" in window && Notification.permission === "granted")
      new Notification("Konsole Bürgerservice", { body: text, tag: KEY });
  }

  private async allowed(): Promise<boolean> {
    if (!("Notification" in window)) return false;
    if (Notification.permission === "granted") return true;
    return (await Notification.requestPermission()) === "granted";
  }

  private beep(): void {
    this.audio ??= new AudioContext();
    const tone = this.audio.createOscillator();
    const gain = this.audio.createGain();
    tone.frequency.value = TONE_HZ;
    gain.gain.value = VOLUME;
    gain.gain.setTargetAtTime(0, this.audio.currentTime + TONE_S / 2, TONE_S / 4);
    tone.connect(gain).connect(this.audio.destination);
    tone.start();
    tone.stop(this.audio.currentTime + TONE_S);
  }
}
