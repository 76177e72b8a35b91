// What npm's @transmute/rfc9162 makes of trees and proofs that come as JSON on standard input: each true or false.
const { RFC9162 } = require("@transmute/rfc9162");

const raw = (hex) => new Uint8Array(Buffer.from(hex, "hex"));

const included = async ({ index, size, entry, path, root }) =>
  RFC9162.verifyInclusionProof(raw(root), await RFC9162.leaf(raw(entry)), {
    log_id: "", tree_size: size, leaf_index: index, inclusion_path: path.map(raw),
  });

const consistent = ({ old, size, oldRoot, path, root }) =>
  RFC9162.verifyConsistencyProof(raw(oldRoot), raw(root), {
    log_id: "", tree_size_1: old, tree_size_2: size, consistency_path: path.map(raw),
  });

(async () => {
  const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
  console.log(JSON.stringify({
    tree: await RFC9162.verifyTree(raw(asked.root), asked.entries.map(raw)),
    included: await Promise.all(asked.included.map(included)),
    consistent: await Promise.all(asked.consistent.map(consistent)),
  }));
})();
