// The selling page: one till in it, with its scanner, its camera and its search field.

import { boot, t } from "./boot.js";
import { notice } from "./notice.js";
import { readScan } from "./repair.js";
import { scanDialog } from "./scan_dialog.js";
import { searchBox } from "./search.js";
import { Till } from "./till.js";
import { hearScanner } from "./wedge.js";

/** Only one page of a till sells: two would take the same receipt numbers. */
navigator.locks.request(`palier-till-${boot.terminal_id}`, { ifAvailable: true }, (lock) => {
  if (lock === null) {
    notice({
      kind: "warn",
      title: t("This till is open in another tab"),
      text: t("Close the other tab, then reload this page."),
    });
    return null;
  }
  const till = new Till();
  const camera = scanDialog(document.getElementById("camera"), async ({ text, format }) => {
    const scan = await till.hear({ typed: text, entry: format.startsWith("QR") ? "qr" : "ean" });
    if (scan?.kind === "card") camera.close();
  });
  hearScanner(document, (scan) => till.hear({ ...scan, entry: "qr" }));
  searchBox(document.getElementById("scan"), document.getElementById("found"), {
    choose: (article) => {
      if (till.done) till.newSale();
      return till.follow(till.addArticle(article));
    },
    submit: (text, found) => submit(till, text, found),
  });
  till.screen.wire({ openCamera: () => camera.open() });
  till.follow(till.start());
  return new Promise(() => {}); // hold the lock as long as the page lives
});

function submit(till, text, found) {
  const scan = readScan(text, boot.layouts);
  if (scan.kind === "text" && found.length) return till.follow(till.addArticle(found[0]));
  return till.hear({ typed: text, entry: "keyed" });
}
