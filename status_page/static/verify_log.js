// The log as anybody may read it (C2SP signed-note, tlog-checkpoint, tlog-tiles, RFC 6962), with nothing but the browser.
const $ = (id) => document.getElementById(id);
const says = JSON.parse($("says").textContent), form = $("check"), found = $("found"), language = document.documentElement.lang;
const { evidence, months } = form.dataset;
const WIDTH = 256, HASH = 32, MOST = 50000, AT_A_TIME = 8, SEEN = "glasno.checkpoint";

class Wrong extends Error {}
class Unchecked extends Error {}
class Missing extends Wrong {}
const told = (words, facts) => says[words].replace(/\{(\w+)\}/g, (_, name) => facts[name]);
const wrong = (words, facts) => { throw new Wrong(told(words, facts)); };
const unchecked = (words, facts) => { throw new Unchecked(told(words, facts)); };

// Bytes and hashes.
const utf8 = (text) => new TextEncoder().encode(text);
const text = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, language === "en" ? "," : "\u00a0");
const unbase64 = (written) => {
  try {
    return Uint8Array.from(atob(written), (each) => each.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
};
const same = (one, other) => one.length === other.length && one.every((each, place) => each === other[place]);
const digest = async (...parts) => {
  const bytes = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  parts.reduce((place, each) => (bytes.set(each, place), place + each.length), 0);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
};
const leafHash = (entry) => digest([0], entry);
const nodeHash = (left, right) => digest([1], left, right);
const split = (count) => 2 ** Math.floor(Math.log2(count - 1));
const rootOf = async (hashes) => {
  while (hashes.length > 1) {
    const pairs = hashes.filter((_, place) => place % 2 === 0);
    hashes = await Promise.all(pairs.map((left, place) => {
      const right = hashes[2 * place + 1];
      return right ? nodeHash(left, right) : left;
    }));
  }
  return hashes[0];
};

// Files.
const answered = async (address, name) => {
  const answer = await fetch(address, { cache: "no-store" }), { ok, status } = answer;
  if (status >= 500) throw new Error(`${name}: ${status}`);
  return ok ? answer : Promise.reject(Object.assign(new Missing(told("missing", { name })), { status }));
};
const got = async (name) => new Uint8Array(await (await answered(`${evidence}/${name}`, name)).arrayBuffer());
const numbered = (number) => {
  const digits = String(number), groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g);
  return groups.map((each, place) => (place < groups.length - 1 ? `x${each}` : each)).join("/");
};
// A part of a file may have become whole since, and is its beginning then.
const parted = async (path, width) => {
  if (width === WIDTH) return got(path);
  return got(`${path}.p/${width}`).catch((fault) => (fault instanceof Missing ? got(path) : Promise.reject(fault)));
};
const bundleOf = (number) => `tile/entries/${numbered(number)}`;
const entriesIn = async (number, size) => {
  const width = Math.min(WIDTH, size - number * WIDTH), bundle = await parted(bundleOf(number), width), entries = [];
  let place = 0;
  while (place + 2 <= bundle.length) {
    const end = place + 2 + bundle[place] * 256 + bundle[place + 1];
    entries.push(bundle.subarray(place + 2, end));
    place = end;
  }
  if (place !== bundle.length || ![width, WIDTH].includes(entries.length)) wrong("bad_file", { name: bundleOf(number) });
  return entries.slice(0, width);
};

// The tree of so many entries, by its tiles.
const treeOf = (size) => {
  const tiles = new Map();
  const read = async (level, number) => {
    const width = Math.min(WIDTH, Math.floor(size / WIDTH ** level) - number * WIDTH), path = `tile/${level}/${numbered(number)}`;
    const tile = await parted(path, width);
    if (![width * HASH, WIDTH * HASH].includes(tile.length)) wrong("bad_file", { name: path });
    return Array.from({ length: width }, (_, place) => tile.subarray(place * HASH, (place + 1) * HASH));
  };
  const hashes = (level, number) => {
    const key = `${level}/${number}`;
    if (!tiles.has(key)) tiles.set(key, read(level, number));
    return tiles.get(key);
  };
  const node = async (level, index) => {
    const first = index * 2 ** (level % 8), tile = await hashes(Math.floor(level / 8), Math.floor(first / WIDTH));
    return rootOf(tile.slice(first % WIDTH, (first % WIDTH) + 2 ** (level % 8)));
  };
  const range = async (start, end) => {
    const level = Math.log2(end - start), middle = start + split(end - start);
    if (Number.isInteger(level)) return node(level, start / (end - start));
    return nodeHash(await range(start, middle), await range(middle, end));
  };
  // The root that a leaf leads to: its inclusion proof.
  const from = async (index, leaf, start = 0, end = size) => {
    if (end - start === 1) return leaf;
    const middle = start + split(end - start);
    if (index < middle) return nodeHash(await from(index, leaf, start, middle), await range(middle, end));
    return nodeHash(await range(start, middle), await from(index, leaf, middle, end));
  };
  // The roots of the first `old` entries and of all, from the very same hashes: their consistency proof.
  const both = async (old, start = 0, end = size) => {
    if (end <= old) return Array(2).fill(await range(start, end));
    const middle = start + split(end - start);
    if (old <= middle) {
      const [before, now] = await both(old, start, middle);
      return [before, await nodeHash(now, await range(middle, end))];
    }
    const left = await range(start, middle), [before, now] = await both(old, middle, end);
    return [await nodeHash(left, before), await nodeHash(left, now)];
  };
  return { size, hashes, from, both, root: () => range(0, size) };
};

// What is signed.
const keyOf = async (vkey) => {
  const [, name, id, key] = vkey.trim().match(/^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/) ?? wrong("no_key");
  const raw = unbase64(key), hint = (await digest(utf8(`${name}\n`), raw)).slice(0, 4);
  const hex = hint.reduce((digits, each) => digits + each.toString(16).padStart(2, "0"), "");
  return raw.length === HASH + 1 && raw[0] === 1 && hex === id ? { name, hint, raw: raw.slice(1) } : wrong("no_key");
};
const CHECKPOINT = /^(\S+)\n([1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*\n/, SIGNATURE = /^— (\S+) ([A-Za-z0-9+/]+=*)$/;
const broken = () => wrong("no_checkpoint", { name: "checkpoint" });
const checkpointIn = (note) => {
  const [, origin, size, root] = note.match(CHECKPOINT) ?? broken();
  return { note, origin, size: +size, root: unbase64(root), written: root };
};
const opened = async (note, key) => {
  const checkpoint = checkpointIn(note), place = note.lastIndexOf("\n\n"), lines = note.slice(place + 2).trimEnd().split("\n");
  const signatures = lines.map((line) => line.match(SIGNATURE) ?? broken()).map(([, name, raw]) => ({ name, raw: unbase64(raw) }));
  const ours = signatures.find(({ name, raw }) => name === key.name && same(raw.slice(0, 4), key.hint));
  if (!ours || checkpoint.origin !== key.name) wrong("other_key", { names: signatures.map((each) => each.name).join(", ") });
  const known = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"])
    .catch((fault) => (fault.name === "NotSupportedError" ? unchecked("no_ed25519") : wrong("no_key")));
  const holds = await crypto.subtle.verify({ name: "Ed25519" }, known, ours.raw.slice(4), utf8(note.slice(0, place + 1)));
  return holds ? checkpoint : wrong("bad_signature", key);
};
