"""Synthesises a kernel for UltraScale+ and counts what each of its units takes; called by estimate.sh."""

import argparse
import functools
import json
import pathlib
from importlib import metadata

# What a cell takes of the device; a cell that is not here stops the count.
COSTS = {
    "DSP48E2": {"dsp": 1},
    "URAM288": {"uram": 1},
    "RAMB36E2": {"bram36": 1},
    "RAMB18E2": {"bram36": 0.5},
    **{kind: {"flipFlops": 1} for kind in ("FDRE", "FDSE", "FDCE", "FDPE")},
    **{kind: {"luts": 1} for kind in ("LUT1", "LUT2", "LUT3", "LUT4", "LUT5", "LUT6", "INV", "SRL16E", "SRLC32E")},
    **{kind: {"luts": 4} for kind in ("RAM32M", "RAM64M", "RAM128X1D")},
    **{kind: {"luts": 8} for kind in ("RAM32M16", "RAM64M8", "RAM256X1D")},
    **{kind: {"luts": 2} for kind in ("RAM32X1D", "RAM64X1D")},
    **{kind: {} for kind in ("CARRY4", "CARRY8", "MUXF7", "MUXF8", "MUXF9", "$scopeinfo")},
}
KINDS = ("luts", "flipFlops", "dsp", "bram36", "uram")

# Modules that stay whole, and what the units among them are. The first unit that passes words is that of transforms.
WHOLE = "WideProduct* MontgomeryMultiplier* Butterflies NttUnit PassUnit* DotUnit ProductLanes SumReduction Scratchpad Cluster Cluster_1"
UNITS = {
    "core_program": "kernel",
    "Cluster": "a cluster",
    "PassUnit": "its transforms with their streams",
    "NttUnit": "of these the transform",
    "Butterflies": "of it the butterflies",
    "PassUnit_1": "its word-wise passes",
    "DotUnit": "its sums of products",
    "Scratchpad": "its scratchpad",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("rtl", "work", "out"):
        parser.add_argument("--" + name, type=pathlib.Path)
    parser.add_argument("--table", type=pathlib.Path, nargs="*", metavar="ESTIMATE")
    return parser.parse_args()


def synthesise(rtl, stat):
    from pyosys import libyosys as ys

    design = ys.Design()
    for command in (
        "read_verilog -sv " + " ".join(str(rtl / file) for file in (rtl / "files.f").read_text().split()),
        "setattr -mod -set keep_hierarchy 1 " + WHOLE,
        "synth_xilinx -family xcup -uram -flatten -noiopad -noclkbuf -top core_program",
        f"tee -q -o {stat} stat -json",
    ):
        ys.run_pass(command, design)


def counter(modules):
    """Totals of a module with everything below it."""

    @functools.lru_cache(maxsize=None)
    def total(module):
        sums = dict.fromkeys(KINDS, 0)
        for cell, times in modules["\\" + module]["num_cells_by_type"].items():
            cost = total(cell) if "\\" + cell in modules else COSTS[cell]
            for kind, amount in cost.items():
                sums[kind] += times * amount
        return sums

    return total


def estimate(given):
    stat = given.work / "estimate.stat.json"
    synthesise(given.rtl.resolve(), stat)
    elaboration = json.loads((given.rtl / "elaboration.json").read_text())
    total = counter(json.loads(stat.read_text())["modules"])
    lanes = elaboration["parameters"]["lanes"]
    found = {
        "name": elaboration["name"],
        "cluster": {"butterflies": lanes, **elaboration["cluster"]},
        "rtlDigest": elaboration["rtlDigest"],
        "tool": "pyosys " + metadata.version("pyosys"),
        "method": "synth_xilinx -family xcup -uram, unit by unit: an estimate by synthesis, not placed, no timing",
        "perButterfly": {kind: round(amount / lanes, 1) for kind, amount in total("Butterflies").items()},
        "units": {unit: total(unit) for unit in UNITS},
    }
    given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def figure(amount):
    whole = int(amount) if amount == int(amount) else amount
    return f"{whole:,}".replace(",", " ")


def table(files):
    print("| configuration | unit | LUT | flip-flops | DSP | RAMB36 | UltraRAM |\n|---|---|---|---|---|---|---|")
    for file in files:
        found = json.loads(file.read_text())
        shape = found["cluster"]
        what = f"{shape['clusters']} × (P {shape['butterflies']}, M {shape['products']}, Q {shape['streamWords']}, S {shape['slots']})"
        for unit, said in UNITS.items():
            name = f"`{found['name']}`, {what}" if unit == "core_program" else ""
            figures = " | ".join(figure(found["units"][unit][kind]) for kind in KINDS)
            print(f"| {name} | {said} | {figures} |")


def main():
    given = arguments()
    if given.table is not None:
        table(sorted(file for file in given.table if file.exists()))
    else:
        estimate(given)


if __name__ == "__main__":
    main()
