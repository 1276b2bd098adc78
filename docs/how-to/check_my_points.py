"""Check a proof of points that a member has downloaded: ``python check_my_points.py FILE``.

Needs nothing but Python. Works out every seal again from the postings' own words, follows the
balances, and climbs from each sealed stretch to the root of its day. Compare the last day's seal
with the one that the programme has published: then nobody has changed anything since.
"""

import hashlib
import json
import sys
from pathlib import Path


def sha(text):
    """Return the SHA-256 of a text, in hexadecimal letters."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_wallet(member_id, wallet, fields, roots):
    """Return what is wrong with a wallet, in words; an empty list when nothing is."""
    unit, balance, wrong = wallet["unit"], 0, []
    head, heads = sha(f"{member_id}:{unit}"), {}
    for number, one in enumerate(wallet["postings"], start=1):
        facts = dict(zip(fields, one["sealed"], strict=True))
        balance += facts["points"]
        text = json.dumps(one["sealed"], separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        head = sha(f"{head}:{number}:{balance}:{sha(text)}")
        mine = (facts["member_id"], facts["unit"]) == (member_id, unit)
        if not mine or one["seq"] != number or one["balance"] != balance or one["seal"] != head:
            return [f"{unit}: posting {number} is not as it was sealed"]
        heads[number] = head
    if balance != wallet["balance"]:
        wrong.append(f"{unit}: the balance is not the sum of the postings")
    sealed = 0
    for leaf in wallet["leaves"]:
        words = (member_id, unit, leaf["from_seq"], leaf["to_seq"], leaf["head"])
        digest = sha("leaf:" + ":".join(str(word) for word in words))
        for side, other in leaf["path"]:
            pair = (other, digest) if side == "left" else (digest, other)
            digest = sha("node:" + ":".join(pair))
        known = heads.get(leaf["to_seq"]) == leaf["head"] and leaf["from_seq"] == sealed + 1
        if not known or digest != roots.get(leaf["number"]):
            wrong.append(f"{unit}: the seal of day {leaf['number']} does not hold its postings")
        sealed = leaf["to_seq"]
    return wrong


def check(proof):
    """Return what is wrong with a proof; an empty list when everything holds."""
    wrong, previous = [], ""
    for number, day in enumerate(proof["days"], start=1):
        words = ["day", str(number), day["on"], day["root"], previous, day["rows"]]
        seal = sha(":".join(words if day["rows"] else words[:-1]))
        if (day["number"], day["previous"], day["seal"]) != (number, previous, seal):
            wrong.append(f"day {number} does not follow from the one before")
        previous = day["seal"]
    roots = {day["number"]: day["root"] for day in proof["days"]}
    for wallet in proof["wallets"]:
        wrong += check_wallet(proof["member_id"], wallet, proof["fields"], roots)
    return wrong


if __name__ == "__main__":
    found = check(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print("\n".join(found) or "Everything holds.")
    sys.exit(1 if found else 0)
