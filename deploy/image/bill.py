#!/usr/bin/env python3
"""Prints the image's bill of materials: that of the Java build, with the Debian packages and the SEAL that native code holds.

bill.py BOM SEAL_SOURCE STATUS     BOM is CycloneDX's JSON, SEAL_SOURCE seal-source.txt, STATUS a folder with a control file a package
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
    bom, source, status = (pathlib.Path(word) for word in sys.argv[1:])
    bill = json.loads(bom.read_text())
    bill["components"].append(seal(source.read_text()))
    bill["components"] += [debian(control.read_text()) for control in sorted(status.iterdir())]
    json.dump(bill, sys.stdout, indent=1)


main()
