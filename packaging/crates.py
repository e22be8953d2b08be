"""Lists the crates that are linked into the executables, from `cargo metadata`: normal dependencies only, ours left out."""

import json
import sys

data = json.load(sys.stdin)
packages = {package["id"]: package for package in data["packages"]}
nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
shipped = {"saoy", "saoy-ocr"}
waiting = [key for key, package in packages.items() if package["name"] in shipped and package["source"] is None]
linked = set()
while waiting:
    key = waiting.pop()
    if key in linked:
        continue
    linked.add(key)
    for dependency in nodes[key]["deps"]:
        # What builds or tests is not in the executables.
        if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
            waiting.append(dependency["pkg"])
for package in sorted((packages[key] for key in linked), key=lambda package: (package["name"], package["version"])):
    if package["source"] is None:
        continue
    authors = ", ".join(author.split(" <")[0] for author in package["authors"]) or "its authors"
    print(f" {package['name']} {package['version']}: {package['license'] or 'see its licence file'}; {authors}")
