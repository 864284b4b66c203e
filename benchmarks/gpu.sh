#!/bin/sh
# The benchmark of the engine on a machine with an NVIDIA GPU, from wheels and without a network.
#
#   benchmarks/gpu.sh WHEELS [TO] [options of python -m benchmarks.engine]
#
# WHEELS is a folder that was filled where there is a network, for the same Python and system:
#
#   pip download --dest wheels --constraint constraints.txt 'setuptools>=77' wheel \
#       torch '.[worker,embedded,postgres,dev,bench]'
#
# (the project's own wheel is made here, from this clone). TO is a folder for results, checkpoints
# and the virtual environment; `bench` if not given. DEVICE=cpu runs the same without a GPU.
# VENV names a virtual environment that has everything already; nothing is installed into it.
set -eu

if [ $# -lt 1 ] || [ ! -d "$1" ]; then
    sed -n '2,15s/^# \{0,1\}//p' "$0"
    exit 2
fi
wheels=$(cd "$1" && pwd)
shift
to=bench
case "${1:---}" in -*) ;; *) to=$1; shift ;; esac
cd "$(dirname "$0")/.."
mkdir -p "$to"
to=$(cd "$to" && pwd)
device=${DEVICE:-cuda:0}
python=${PYTHON:-python3}

if [ -z "${VENV:-}" ]; then
    VENV="$to/venv"
    test -x "$VENV/bin/python" || "$python" -m venv "$VENV"
    "$VENV/bin/python" -m pip install --quiet --no-index --find-links "$wheels" \
        --constraint constraints.txt 'setuptools>=77' wheel
    "$VENV/bin/python" -m pip install --quiet --no-index --find-links "$wheels" \
        --constraint constraints.txt --no-build-isolation \
        --editable '.[worker,embedded,postgres,dev,bench]'
fi

watcher=
if [ "$device" != cpu ]; then
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
    nvidia-smi --query-gpu=timestamp,utilization.gpu,utilization.memory,power.draw \
        --format=csv,noheader,nounits --loop-ms=500 > "$to/gpu.csv" &
    watcher=$!
    trap 'kill "$watcher" 2>/dev/null || true' EXIT INT TERM
fi

HF_HUB_OFFLINE=1 "$VENV/bin/python" -m benchmarks.engine --to "$to" --device "$device" "$@"

if [ -n "$watcher" ]; then
    kill "$watcher"
    watcher=
    # Loading and converting count in: which part of the run was busy is in the times of gpu.csv.
    awk -F', ' '
        { samples++; sum += $2; if ($2 >= 95) busy++ }
        END {
            if (samples) printf "GPU: %d samples, mean utilisation %.0f %%, at least 95 %% in %.0f %% of them\n", \
                samples, sum / samples, 100 * busy / samples
        }' "$to/gpu.csv"
fi
