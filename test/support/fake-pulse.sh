#!/bin/sh
# Stands for pulse in the test of the init script. Without arguments of its own it becomes a daemon, as pulse does.
# FAKE_DIRECTORY holds pulse.pid, and `events` with one line for each start, HUP and stop.
# --test-start fails when there is a file `bad`; --replace ends the one that runs.
if [ "${FAKE_DAEMON:-}" != 1 ]; then
    case " $* " in
        *' --test-start '*)
            [ ! -e "$FAKE_DIRECTORY/bad" ] || { echo 'pulse: error parsing' >&2; exit 1; }
            exit 0
            ;;
        *' --replace '*) kill -KILL "$(cat "$FAKE_DIRECTORY/pulse.pid")" ;;
    esac
    [ ! -e "$FAKE_DIRECTORY/fail" ] || exit 9
    rm -f "$FAKE_DIRECTORY/ready"
    FAKE_DAEMON=1 "$0" "$@" </dev/null >/dev/null 2>&1 &
    until [ -e "$FAKE_DIRECTORY/ready" ]; do sleep 0.05; done
    exit 0
fi
trap 'echo HUP >>"$FAKE_DIRECTORY/events"' HUP
trap 'if [ ! -e "$FAKE_DIRECTORY/deaf" ]; then echo TERM >>"$FAKE_DIRECTORY/events"; rm -f "$FAKE_DIRECTORY/pulse.pid"; exit 0; fi' TERM
echo "$$" >"$FAKE_DIRECTORY/pulse.pid"
echo "start $*" >>"$FAKE_DIRECTORY/events"
: >"$FAKE_DIRECTORY/ready"
# Ends by itself when a test forgets it.
turns=0
while [ "$turns" -lt 1200 ]; do
    sleep 0.1
    turns=$((turns + 1))
done
