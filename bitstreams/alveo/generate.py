"""What Vitis has to be told of an elaborated kernel, and its manifest; called by alveo.sh."""

import argparse
import hashlib
import json
import pathlib
from xml.etree import ElementTree

VERIFIED = [
    "ports, widths, directions and argument registers of kernel.xml, kernel.tcl and connectivity.cfg equal those of the "
    "SystemVerilog (ElaborateSpec, AlveoSpec)",
    "package_kernel.tcl runs to its end in a Tcl interpreter whose Vivado commands only record what they are given "
    "(AlveoSpec)",
    "the hardware passes verilator --lint-only -Wall",
    "core_program of smaller parameters equals the interpreter of core programs on random ones in simulation (ClusterSpec)",
]
NOT_VERIFIED = [
    "Vivado and v++ were never run on it: not packaged, not placed, no timing; clockMHz is a target",
    "never loaded into a card: none was at hand",
]
LINKED = "packaged by Vivado and linked by v++ on the machine that built it"
NOT_LOADED = ["whether the image meets clockMHz: see v++'s report", "never loaded into a card by this build"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("board", "rtl", "out"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    parser.add_argument("--image", type=pathlib.Path, help="write only the manifest, with this image in it")
    return parser.parse_args()


def masters(elaboration):
    return [port["name"] for port in elaboration["ports"] if port["kind"] == "master"]


def kernel_tcl(elaboration, board, protocol):
    """Facts for package_kernel.tcl."""
    owner = {name: port["name"] for port in elaboration["ports"] for name in port.get("arguments", [])}
    (slave,) = [port for port in elaboration["ports"] if port["kind"] == "slave"]
    registers = [
        f"  {{{r['name']} 0x{r['offset']:03X} {r['bits']} {{{owner.get(r['name'], '')}}}}}"
        for r in elaboration["registers"]
        if r["kind"] != "capability"
    ]
    return "\n".join(
        [
            "# Generated from the elaboration: what package_kernel.tcl has to know.",
            f"set rtl_digest {elaboration['rtlDigest']}",
            f"set part {board['part']}",
            f"set kernel {elaboration['kernel']}",
            f"set protocol {protocol}",
            f"set slave {slave['name']}",
            f"set slave_bytes {1 << slave['addressBits']}",
            f"set masters {{{' '.join(masters(elaboration))}}}",
            "# Name, offset and bits of a register, and of a pointer the port that carries it.",
            "set registers {",
            *registers,
            "}",
            "",
        ]
    )


def connectivity_cfg(elaboration, board):
    """Configuration of v++ --link: every port reaches the memory of the pool."""
    unit = f"{elaboration['kernel']}_1"
    lines = [
        "# Generated from the elaboration and board.json: v++ --link --config connectivity.cfg",
        f"platform={board['platform']}",
        f"kernel_frequency={elaboration['clockMHz']:g}",
        "",
        "[connectivity]",
        f"nk={elaboration['kernel']}:1:{unit}",
        f"slr={unit}:{board['slr']}",
        *[f"sp={unit}.{name}:{board['memory']}" for name in masters(elaboration)],
        "",
    ]
    return "\n".join(lines)


def manifest(elaboration, board, image):
    taken = (
        "name", "board", "kernel", "parameters", "cluster", "montgomeryBits", "instructionSetVersion", "clockMHz", "rtlDigest"
    )
    result = {member: elaboration[member] for member in taken}
    result["platform"] = board["platform"]
    result["tools"] = elaboration["tools"]
    if image is not None:
        content = image.read_bytes()
        result["image"] = {"file": image.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    result["verified"] = VERIFIED if image is None else [*VERIFIED, LINKED]
    result["notVerified"] = NOT_VERIFIED if image is None else NOT_LOADED
    return json.dumps(result, indent=2) + "\n"


def main():
    given = arguments()
    board = json.loads(given.board.read_text())
    elaboration = json.loads((given.rtl / "elaboration.json").read_text())
    kernel_xml = (given.rtl / "kernel.xml").read_text()
    protocol = ElementTree.fromstring(kernel_xml).find("kernel").get("hwControlProtocol")
    files = {"manifest.json": manifest(elaboration, board, given.image)}
    if given.image is None:
        files["kernel.xml"] = kernel_xml
        files["kernel.tcl"] = kernel_tcl(elaboration, board, protocol)
        files["connectivity.cfg"] = connectivity_cfg(elaboration, board)
    given.out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (given.out / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
