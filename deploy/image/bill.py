#!/usr/bin/env python3
"""Prints a bill of materials: those of the Java build, with the SEAL that native code holds and, for an image, its Debian packages.

bill.py SEAL_SOURCE BOM… [--debian STATUS]     SEAL_SOURCE is seal-source.txt, each BOM CycloneDX's JSON, STATUS a folder with a control
                                               file a package
"""

import json
import pathlib
import re
import sys


def debian(control):
    """A package's component, with the name that package URLs have for it."""
    fields = dict(re.findall(r"^(Package|Version|Architecture|Description): (.*)$", control, re.MULTILINE))
    version = fields["Version"].replace(":", "%3A").replace("+", "%2B")
    name = fields["Package"].replace("+", "%2B")
    purl = f"pkg:deb/debian/{name}@{version}?arch={fields['Architecture']}&distro=debian-12"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": fields["Package"],
        "version": fields["Version"],
        "description": fields["Description"],
        "purl": purl,
    }


def seal(source):
    """Microsoft SEAL, which is linked into cipherstream-seal.jar."""
    version = re.search(r"SEAL (\d+\.\d+\.\d+)", source).group(1)
    purl = f"pkg:github/microsoft/SEAL@v{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": "SEAL",
        "version": version,
        "description": "Microsoft SEAL, linked into the native code of cipherstream-seal.jar",
        "licenses": [{"license": {"id": "MIT"}}],
        "purl": purl,
    }


def main():
    words = sys.argv[1:]
    controls = []
    if "--debian" in words:
        controls = sorted(pathlib.Path(words.pop()).iterdir())
        words.remove("--debian")
    source, first, *others = (pathlib.Path(word) for word in words)
    bill = json.loads(first.read_text())
    for other in others:
        more = json.loads(other.read_text())
        for part in ("components", "dependencies"):
            known = {each.get("bom-ref", each.get("ref")) for each in bill[part]}
            bill[part] += [each for each in more[part] if each.get("bom-ref", each.get("ref")) not in known]
    bill["components"].append(seal(source.read_text()))
    bill["components"] += [debian(control.read_text()) for control in controls]
    json.dump(bill, sys.stdout, indent=1)


main()
