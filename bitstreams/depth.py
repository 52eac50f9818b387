"""Logic levels and a model's delay of the core's blocks after synthesis for UltraScale+, held against a ceiling.

    depth.py --rtl FOLDER --report FILE --work FOLDER [--check] [BLOCK…]

FOLDER is what Elaborate wrote. depth.json beside this file names the blocks, the ceilings and the delays of the model.
Each block is synthesised alone by yosys (`synth_xilinx -family xcup`), and the longest path between registers, memories and
ports is found. This is no timing: nothing is placed. It makes the aim of a clock falsifiable. `--check` compares the
report that is there with what is found, and ends with status 1 if they differ or a ceiling is broken; a block whose modules,
like this model and the tools' versions, are by their digest those of the report is not synthesised again.
"""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
LUTS = re.compile(r"LUT\d|INV")


def synthesise(block, rtl, netlist):
    from pyosys import libyosys as ys

    design = ys.Design()
    ys.run_pass("read_verilog -sv " + " ".join(str(rtl / f) for f in (rtl / "files.f").read_text().split()), design)
    ys.run_pass(f"synth_xilinx -family xcup -uram -noiopad -noclkbuf -flatten -top {block}", design)
    ys.run_pass(f"write_json {netlist}", design)


class Netlist:
    """A block's cells as a graph of bits: where paths begin, how they go on, where they end."""

    def __init__(self, module, delays):
        self.delays = delays
        self.begins = {}  # bit -> (delay, name, memory or multiplier without an output register)
        self.steps = {}  # bit -> [(bit, delay, levels)]
        self.ends = []  # (bit, name, setup, whether it is an input register of a memory or multiplier)
        self.names = {}
        for name, net in module["netnames"].items():
            for i, bit in enumerate(net["bits"]):
                text = f"{name}[{i}]" if len(net["bits"]) > 1 else name
                if bit not in self.names or len(text) < len(self.names[bit]):
                    self.names[bit] = text
        self.cells = collections.Counter(cell["type"] for cell in module["cells"].values())
        for name, port in module["ports"].items():
            for bit in port["bits"]:
                if port["direction"] == "input":
                    self.begins[bit] = (0.0, f"port {name}", False)
                elif isinstance(bit, int):
                    self.ends.append((bit, f"port {name}", 0.0, False))
        for name, cell in module["cells"].items():
            self.add(name, cell)

    def add(self, name, cell):
        kind, wires, directions = cell["type"], cell["connections"], cell["port_directions"]
        d = self.delays
        outs = [b for p, bits in wires.items() if directions[p] == "output" for b in bits]
        ins = [b for p, bits in wires.items() if directions[p] == "input" for b in bits if isinstance(b, int)]
        if LUTS.fullmatch(kind):
            for out in outs:
                self.steps[out] = [(i, d["lut"] + d["net"], 1) for i in ins]
        elif kind.startswith("MUXF"):
            for out in outs:
                self.steps[out] = [(i, d["muxf"], 0) for i in ins]
        elif kind.startswith("CARRY"):
            self.carry(wires)
        elif kind.startswith("RAM") and not kind.startswith("RAMB"):
            address = [
                b
                for p, bits in wires.items()
                if directions[p] == "input" and (re.fullmatch(r"ADDR[A-H]|DPRA\d?|A\d?|DPR.*", p) or p.startswith("DPRA"))
                for b in bits
                if isinstance(b, int)
            ]
            for out in outs:
                self.steps[out] = [(i, d["lutram"] + d["net"], 1) for i in address]
            self.ends += [(b, name, d["lutramSetup"], False) for b in ins]
        elif kind.startswith(("RAMB", "URAM")):
            delay = d["blockRam" if kind.startswith("RAMB") else "ultraRam"]
            for out in outs:
                self.begins[out] = (delay + d["net"], name, True)
            self.ends += [(b, name, d["memorySetup"], False) for b in ins]
        elif kind.startswith("DSP"):
            self.multiplier(name, cell, outs, ins)
        else:
            for out in outs:
                self.begins[out] = (d["register"] + d["net"], name, False)
            self.ends += [(b, name, d["registerSetup"], False) for b in ins]

    def carry(self, wires):
        d = self.delays
        into = [b for b in wires.get("CI", []) + wires.get("CI_TOP", []) + wires.get("CYINIT", []) if isinstance(b, int)]
        for k, out in enumerate(wires["O"]):
            ins = [(b, d["carryIn"] + d["net"], 0) for i in range(k + 1) for b in (wires["S"][i], wires["DI"][i]) if isinstance(b, int)]
            self.steps[out] = ins + [(b, d["carryOut"] + d["net"], 0) for b in into]
        for k, out in enumerate(wires["CO"]):
            ins = [(b, d["carryIn"], 0) for i in range(k + 1) for b in (wires["S"][i], wires["DI"][i]) if isinstance(b, int)]
            self.steps[out] = ins + [(b, d["carry"], 0) for b in into]

    def multiplier(self, name, cell, outs, ins):
        d = self.delays

        def registers(key):
            return int(str(cell["parameters"].get(key, "0")), 2)

        if registers("PREG") or registers("MREG"):
            whole = registers("PREG") > 0
            for out in outs:
                self.begins[out] = (d["multiplierOut" if whole else "multiplierHalf"] + d["net"], name, not whole)
            direct = not registers("AREG") and not registers("BREG")
            self.ends += [(b, name, d["multiplierThrough"] if direct else d["multiplierSetup"], direct) for b in ins]
        else:
            for out in outs:
                self.steps[out] = [(i, d["multiplier"] + d["net"], 1) for i in ins]
            self.ends += [(b, name, d["multiplierThrough"], True) for b in ins]

    def arrivals(self):
        """By bit: latest arrival and what it comes through; most levels; whether a path from a memory has passed logic."""
        order, state = [], {}
        for root, *_ in self.ends:
            stack = [(root, False)]
            while stack:
                bit, done = stack.pop()
                if done:
                    order.append(bit)
                elif bit not in state:
                    state[bit] = True
                    stack.append((bit, True))
                    stack += [(i, False) for i, _, _ in self.steps.get(bit, ()) if i not in state]
        found = {}
        for bit in order:
            if bit in self.begins:
                delay, name, raw = self.begins[bit]
                found[bit] = (delay, None, 0, None, name if raw else None)
                continue
            best, levels, through, deepest, memory = 0.0, 0, None, None, None
            for i, delay, level in self.steps.get(bit, ()):
                if i not in found:
                    continue  # a loop, which yosys would have refused, or a constant
                before = found[i]
                if before[0] + delay > best:
                    best, through = before[0] + delay, i
                if before[2] + level > levels or deepest is None:
                    levels, deepest = max(levels, before[2] + level), i
                if before[4]:
                    memory = before[4]
            found[bit] = (best, through, levels, deepest, memory)
        return found

    def path(self, found, bit, back):
        names = []
        while bit is not None:
            names.append(self.names.get(bit, str(bit)))
            bit = found[bit][back]
        return names[::-1]


def measure(netlist):
    """The report of a block."""
    found = netlist.arrivals()
    zero = (0.0, None, 0, None, None)
    slowest = max(netlist.ends, key=lambda e: found.get(e[0], zero)[0] + e[2])
    deepest = max(netlist.ends, key=lambda e: found.get(e[0], zero)[2])
    memories = set()
    for bit, name, _, direct in netlist.ends:
        _, _, levels, _, memory = found.get(bit, zero)
        # A memory's word, or a product, may go to a register or leave the block through nothing; a factor may come from one.
        if memory and (levels > 0 or name.startswith("port ")):
            memories.add(memory)
        if direct and levels > 0:
            memories.add(name)
    delay = found.get(slowest[0], zero)[0] + slowest[2]
    path = netlist.path(found, deepest[0], 3)
    return {
        "levels": found.get(deepest[0], zero)[2],
        "nanoseconds": round(delay, 2),
        "from": path[0],
        "to": path[-1],
        "unregistered": len(memories),
        "cells": {
            "LUT": sum(n for kind, n in netlist.cells.items() if LUTS.fullmatch(kind)),
            "LUTRAM": sum(n for kind, n in netlist.cells.items() if kind.startswith(("RAM32", "RAM64", "RAM128", "RAM256"))),
            "FF": sum(n for kind, n in netlist.cells.items() if kind.startswith("FD")),
            "memory": sum(n for kind, n in netlist.cells.items() if kind.startswith(("RAMB", "URAM"))),
            "DSP": sum(n for kind, n in netlist.cells.items() if kind.startswith("DSP")),
        },
    }


def digest(block, rtl, delays):
    """Of all that a block's figures follow from: its modules, this model, the versions of the tools."""
    sources = {source.stem: source.read_text() for source in rtl.glob("*.sv")}
    reached, waiting = set(), [block]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += sources.keys() & set(re.findall(r"\w+", sources[name]))
    parts = [file.read_text() for file in (pathlib.Path(__file__), HERE / "requirements-checks.txt")]
    parts += [json.dumps(delays, sort_keys=True)] + [sources[name] for name in sorted(reached)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def block_report(block, rtl, work, delays):
    netlist = work / f"{block}.json"
    said = subprocess.run(
        [sys.executable, __file__, "--synthesise", block, str(rtl), str(netlist)], capture_output=True, text=True, check=False
    )
    if said.returncode != 0:
        sys.exit(f"{block}: yosys refuses it\n{(said.stdout + said.stderr)[-2000:]}")
    module = json.loads(netlist.read_text())["modules"][block]
    return measure(Netlist(module, delays))


def main():
    if sys.argv[1:2] == ["--synthesise"]:
        synthesise(sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("rtl", "report", "work"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    parser.add_argument("--check", action="store_true", help="write nothing; blocks that are as the report says are not synthesised again")
    parser.add_argument("blocks", nargs="*")
    given = parser.parse_args()
    rules = json.loads((HERE / "depth.json").read_text())
    given.work.mkdir(parents=True, exist_ok=True)
    report, broken = {}, []
    kept = json.loads(given.report.read_text()) if given.check else {}
    for block in given.blocks or rules["blocks"]:
        begun = time.monotonic()
        key = digest(block, given.rtl.resolve(), rules["delays"])
        result = kept.get(block, {})
        if result.get("digest") != key:
            result = {**block_report(block, given.rtl.resolve(), given.work.resolve(), rules["delays"]), "digest": key}
        report[block] = result
        rule = rules["blocks"][block]
        print(f"{block}: {result['levels']} levels, {result['nanoseconds']} ns, {result['unregistered']} memories or multipliers "
              f"unregistered, from {result['from']} to {result['to']} ({time.monotonic() - begun:.0f} s)", flush=True)
        limit = rule.get("levels", rules["levels"])
        if result["levels"] > limit or result["unregistered"] > rule.get("unregistered", 0):
            broken.append(f"{block}: {result['levels']} levels, {result['unregistered']} unregistered; its ceiling is {limit} and "
                          f"{rule.get('unregistered', 0)} (bitstreams/depth.json)")
    text = json.dumps(report, indent=2) + "\n"
    if given.check and not given.blocks and given.report.read_text() != text:
        fresh = given.work / "depth-report.json"
        fresh.write_text(text)
        broken.append(f"{given.report} is stale; cp {fresh} {given.report}")
    elif not given.check:
        given.report.write_text(text)
    if broken:
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
