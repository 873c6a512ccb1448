#!/bin/sh
# Stands for lvsctl in the test of the init script: notes its words in `events`; a file named after its command has the
# exit status.
echo "lvsctl $*" >>"$FAKE_DIRECTORY/events"
if [ -e "$FAKE_DIRECTORY/$1.status" ]; then exit "$(cat "$FAKE_DIRECTORY/$1.status")"; fi
