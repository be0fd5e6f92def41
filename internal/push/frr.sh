# The router's end of a push to FRR. It is sent with every call and leaves nothing
# on the router but /run/ercfg: the undo has to work when nobody can log in.
# Call: sh -c THIS ercfg VERB [RUN [SECONDS or BYTES]]. Exit codes are in device_frr.go.
# A run is armed as long as the file "armed" is in its directory: whoever renames
# it, the timer or the confirmation, has won, and the other does nothing.
set -u
umask 077
PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin:/usr/lib/frr
state=/run/ercfg
conf=/etc/frr/frr.conf
sep=$(printf '\001')
verb=$1
run=${2-}
dir=$state/$run

die() { code=$1; shift; echo "$*" >&2; exit "$code"; }
mark() { printf '%s%s\n' "$sep" "$1"; }
# Hundredths of a second since the start of the machine, when awk started: nobody sets
# them, as they may set the clock. In a container /proc/uptime may count from the start of
# the container (lxcfs), and systemd counts from that of the machine.
clock() { awk '{print $22}' /proc/self/stat; }
ticks() { echo $(($(clock) / 100)); }

# One writer at a time: a revert does not begin while a command is being typed. The
# timer waits longer than anybody writes.
alone() { exec 9>>"$state/busy" && flock -w "$1" 9 || die 11 "another process holds $state/busy"; }

# No call waits for a daemon that hangs: the undo waits for the call.
vtysh() { timeout 60 vtysh "$@"; }

# Standard input into a file, all $2 bytes of it, before anything waits for us: a
# connection that is cut must neither hold a lock nor leave half a command.
take() {
  timeout 30 cat >"$1" || { rm -f "$1"; die 12 "the commands did not come, or there is no room in $state"; }
  [ "$(wc -c <"$1")" -eq "$2" ] || { rm -f "$1"; die 12 "the commands did not come whole"; }
}

# What the daemons have, without the lines that vtysh puts above it. Where vtysh was cut
# off there is no "end" at its end: to undo with that would take the rest away.
running() { vtysh -c 'show running-config' | awk 'on {print; last=$0} /^Current configuration:$/ {on=1} END {exit last != "end"}'; }

# The lines of a configuration, each below the context that it stands in, in an
# order of their own: FRR prints lists and policies in the order of their creation.
sorted() {
  awk '/^!/ || /^end$/ || /^ *exit/ || /^$/ {next}
    /^[^ ]/ {top=$0; sub_=""; print top; next}
    /^ [^ ]/ {sub_=$0; print top "/" $0; next}
    {print top "/" sub_ "/" $0}' "$@" | sort
}

need() {
  for tool in vtysh flock setsid unshare timeout mktemp cmp head awk sort; do
    env sh -c "command -v $tool" >/dev/null || die 10 "$tool is not on the router"
  done
  command -v frr-reload.py >/dev/null || die 10 "frr-reload.py is not on the router; Debian has it in frr-pythontools"
  ! grep -qs '^ *no service integrated-vtysh-config' /etc/frr/vtysh.conf || die 10 "vtysh.conf says no service integrated-vtysh-config; ercfg wants one frr.conf"
  [ -f "$conf" ] || die 10 "$conf is not there; ercfg wants one frr.conf"
  there=$(vtysh -c 'show daemons' 2>/dev/null)
  for d in zebra bgpd bfdd staticd; do
    case " $there " in *" $d "*) ;; *) die 10 "$d does not run" ;; esac
  done
}

# Whether somebody has an undo that waits or is at work: the run is in owner.
at_work() {
  owner=$(cat "$state/lock/run" 2>/dev/null)
  [ -e "$state/$owner/armed" ] || [ -e "$state/$owner/firing" ]
}

# What is armed, or waits for its end.
tell() {
  for d in "$state"/*/; do
    [ -d "$d" ] || continue
    r=$(basename "$d")
    for s in armed firing confirmed saved reverted broken; do
      [ ! -e "$d$s" ] || echo "$r $s $(cat "$d/deadline" 2>/dev/null || echo 0) $(ticks) $(cat "$d/user" 2>/dev/null)"
    done
  done
}

# Daemons in namespaces of their own take the configuration and then the commands.
# The kernel ends them with the shell. Nothing of them reaches the router's own.
scratch() {
  list=$(vtysh -c 'show daemons')
  blocks=$(mktemp "$state/blocks.XXXXXX") && have=$(mktemp "$state/have.XXXXXX") || die 12 "no room in $state"
  trap 'rm -f "$blocks" "$have"' EXIT
  cat >"$blocks" && running >"$have" || die 12 "no room in $state"
  fit "$have"
  LIST=$list OPTIONS=$(options "$list") HAVE=$have BLOCKS=$blocks SEP=$sep \
    unshare --net --mount --pid --fork --kill-child --mount-proc timeout 120 sh -c "$scratch_script" && return
  code=$?
  [ $code != 124 ] || die 13 "scratch daemons do not take the configuration of the router within 120 s"
  exit $code
}

# What a change wants beyond what it takes to read a router. That frr-reload.py finds
# nothing to do in $1, which is there: 8.4 writes IPv6 addresses in its own way, also in
# descriptions, so that an undo would change what is others' and never be done.
fit() {
  [ ! -L "$conf" ] || die 10 "$conf is a link, which FRR renames when it saves: what is saved would not be in $(readlink "$conf"); put the file there itself"
  said=$(vtysh -c 'show version' 2>&1 >/dev/null)
  [ -z "$said" ] || die 10 "vtysh complains whatever the command is, and a refusal could not be told from that: $said"
  plan=$(timeout 120 frr-reload.py --test --stdout "$1" 2>/dev/null) || die 10 "frr-reload.py, which would put the configuration back, does not read it"
  plan=$(printf '%s\n' "$plan" | grep -v -e '^Lines To ' -e '^=*$' | sed -E 's/((password|md5|key|key-string) ).*/\1.../' | head -n 4)
  [ -z "$plan" ] || die 10 "frr-reload.py, which would put the configuration back, would change what is there already; write that in another way first:
$plan"
}

# What daemons have to be started with to know the commands of the router's own: modules,
# and how many paths there may be. A line for each.
options() {
  for d in $1; do
    echo "$d $(tr '\0' '\n' 2>/dev/null <"/proc/$(cat "/run/frr/$d.pid" 2>/dev/null)/cmdline" |
      awk 'value {printf " %s", $0; value = 0; next} /^(-M|-e|--ecmp)/ {printf " %s", $0; value = /^(-M|-e|--ecmp)$/}')"
  done
}

scratch_script='set -u
mount --make-rprivate /
exec 3<"$HAVE" 4<"$BLOCKS"
for d in /run/frr /etc/frr /tmp; do mount -t tmpfs tmpfs $d || exit 12; done
chown frr:frr /run/frr /etc/frr
echo service integrated-vtysh-config >/etc/frr/vtysh.conf
for d in /var/log/frr /var/tmp; do [ ! -d $d ] || mount -t tmpfs tmpfs $d || exit 12; done
# Nothing is to be written to the files of the real ones, or said to an agent of theirs.
grep -v -e "^log " -e "^debug " -e "^dump " -e "^agentx" <&3 >/tmp/have; cat <&4 >/tmp/blocks
ip link set lo up
# Without an interface zebra does not take its address away. Dummies only where the kernel has
# no veths: with the module the router itself would get a dummy0.
kind=veth
ip link add name ercfg type veth peer name ercfg0 2>/dev/null || kind=dummy
awk -v kind=$kind "/^interface / && !seen[\$2]++ {print \"link add name\", \$2, \"type\", kind, kind == \"veth\" ? \"peer name ercfg\" NR : \"\"}" /tmp/have | ip -force -batch - >/dev/null 2>&1
for d in zebra $(echo "$LIST" | tr " " "\n" | grep -vx -e zebra -e watchfrr); do
  $d -d -P 0 $(echo "$OPTIONS" | sed -n "s/^$d //p") >/tmp/said 2>&1 || { echo "a second $d does not start: $(head -n 3 /tmp/said)" >&2; exit 13; }
done
vtysh -f /tmp/have >/tmp/said 2>&1
printf "%sbase\n" "$SEP"; vtysh -c "show running-config"
vtysh -c "show running-config" | sed "1,/^Current configuration:\$/d" >/tmp/base
printf "%ssaid\n" "$SEP"
awk -v RS="$SEP" -v n=0 "NF {n++; f=sprintf(\"/tmp/block.%05d\", n); printf \"%s\", \$0 >f; close(f)}" /tmp/blocks
for b in /tmp/block.*; do
  [ -f "$b" ] || continue
  vtysh -f $b >/tmp/said 2>&1
  code=$?
  if [ $code != 0 ] || [ -s /tmp/said ]; then
    printf "%s: " "${b#/tmp/block.}"; tr "\n" " " </tmp/said; printf "(exit code %s)\n" $code
  fi
done
printf "%scandidate\n" "$SEP"; vtysh -c "show running-config"
vtysh -c "show running-config" | sed "1,/^Current configuration:\$/d" >/tmp/candidate
printf "%sreload\n" "$SEP"
frr-reload.py --test --stdout --input /tmp/base --rundir /tmp --confdir /etc/frr /tmp/candidate 2>&1
printf "%sdone\n" "$SEP"
'

# Puts the configuration of $dir back and says how that went: the file "reverted",
# or "broken". The daemons may be down for a while: it tries for ten minutes.
restore() {
  rm -f "$dir/room"
  end=$(($(ticks) + 600))
  tried=
  while :; do
    running >"$dir/now.run" 2>/dev/null
    if [ -s "$dir/now.run" ] && [ "$(sorted "$dir/now.run")" = "$(sorted "$dir/before.run")" ]; then
      back=ok
      break
    fi
    back=
    [ -z "$tried" ] || [ "$(ticks)" -lt "$end" ] || break
    timeout 120 frr-reload.py --reload --stdout --rundir "$dir" "$dir/before.run" >"$dir/reload.log" 2>&1
    tried=yes
    sleep 1
  done
  # frr-reload.py writes frr.conf, too, and makes it FRR's. Where a revert was killed here
  # the copy is in its place already.
  kept=$(cat "$dir/kept")
  [ ! -e "$kept" ] || replace "$kept" || { cp -p "$kept" "$dir/before.conf"; back=; }
  if [ -n "$back" ]; then mv -f "$dir/firing" "$dir/reverted"; else mv -f "$dir/firing" "$dir/broken"; fi
  unlock
  [ -n "$back" ]
}

# A file that is mounted by itself cannot be renamed over. One that cannot be written may
# be as it was.
replace() { mv -f "$1" "$conf" 2>/dev/null || cp -p "$1" "$conf" || cmp -s "$1" "$conf"; }

unlock() {
  [ "$(cat "$state/lock/run" 2>/dev/null)" != "$run" ] || rm -rf "$state/lock"
  [ ! -e "$dir/kept" ] || rm -f "$(cat "$dir/kept")"
  # They hold keys. Of what is broken a person needs them.
  [ -e "$dir/broken" ] || rm -f "$dir/before.run" "$dir/now.run" "$dir/room" "$dir"/reload*
}

# From here on the router undoes whatever follows, by itself.
arm() {
  seconds=$3
  # Whoever is at work is alone here, so that a lock without an undo is left over.
  at_work || rm -rf "$state/lock"
  mkdir "$state/lock" 2>/dev/null || die 11 "$(cat "$state/lock/user" 2>/dev/null) is changing the router: run $(cat "$state/lock/run" 2>/dev/null)"
  trap '[ -e "$dir/armed" ] || { stop_unit; unlock; rm -rf "$dir"; }' EXIT
  echo "$run" >"$state/lock/run" && echo "${SUDO_USER:-$(id -un)}" >"$state/lock/user" || die 12 "no room in $state"
  # A step before this one of the same run has come to its end, or was never saved.
  [ ! -e "$dir/confirmed" ] && [ ! -e "$dir/saved" ] && [ ! -e "$dir/reverted" ] || { disarm_timer; rm -rf "$dir"; }
  mkdir "$dir" || die 12 "$dir is there already, or has no room"
  kept=/etc/frr/.frr.conf.ercfg-$run
  rm -f /etc/frr/.frr.conf.ercfg-* # and not an editor's .frr.conf.swp
  cp -p "$state/lock/user" "$dir/user" && running >"$dir/before.run" || die 12 "no room in $state, or no whole answer of vtysh"
  echo "$kept" >"$dir/kept" && cp -p "$conf" "$kept" && cmp -s "$conf" "$kept" || die 12 "no copy of $conf can be put beside it, and nothing could be saved: no room, or read-only"
  # A save will need as much room. What the undo needs it gets from the file room.
  head -c "$(($(wc -c <"$conf") + $(wc -c <"$dir/before.run") + 65536))" /dev/zero >"$kept.room" && rm -f "$kept.room" || { rm -f "$kept.room"; die 12 "no room to save $conf"; }
  head -c "$(($(wc -c <"$dir/before.run") + 262144))" /dev/zero >"$dir/room" || die 12 "no room in $state"
  printf '%s' "$self" >"$dir/undo.sh" && [ "$(cat "$dir/undo.sh")" = "$self" ] || die 12 "no room in $state"
  echo "$(($(ticks) + seconds))" >"$dir/deadline" || die 12 "no room in $state"
  if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
    unit=ercfg-undo-$run-$(ticks)
    echo "$unit" >"$dir/unit" || die 12 "no room in $state"
    # What counts from the timer's own start begins anew with each daemon-reload (systemd
    # 252, timer_coldplug), which any package brings: what counts from systemd's start
    # does not. Whichever is due first is the undo.
    began=$(systemctl show --property=UserspaceTimestampMonotonic | sed -n 's/^[^=]*=\([0-9][0-9]*\)$/\1/p')
    [ -n "$began" ] || die 13 "systemd does not tell when it began"
    due=$(($(clock) * 10 - began / 1000 + seconds * 1000))
    systemd-run --quiet --collect --on-active="$seconds" --on-startup="${due}ms" --timer-property=AccuracySec=1s --unit="$unit" \
      /bin/sh "$dir/undo.sh" timer "$run" || die 13 "systemd-run gives no timer"
    [ "$(systemctl is-active "$unit.timer")" = active ] || die 13 "the timer of systemd does not run"
    : >"$dir/armed" || die 12 "no room in $state"
  else
    : >"$dir/armed" || die 12 "no room in $state"
    setsid sh -c 'echo $$ >"$1/timer"; sleep "$2"; exec /bin/sh "$1/undo.sh" timer "$3"' ercfg "$dir" "$seconds" "$run" </dev/null >/dev/null 2>&1 9>&- &
    i=0
    until [ -s "$dir/timer" ] && kill -0 "$(cat "$dir/timer")" 2>/dev/null; do
      i=$((i + 1))
      [ $i -lt 100 ] || { rm -f "$dir/armed"; die 13 "the timer does not run"; }
      sleep 0.05
    done
  fi
}

# The number of a timer that has ended may be another process's by now.
disarm_timer() {
  timer=$(cat "$dir/timer" 2>/dev/null)
  case "$(tr '\0' ' ' 2>/dev/null <"/proc/$timer/cmdline")" in
  *" $dir "* | *" $dir/undo.sh "*) kill -- "-$timer" 2>/dev/null ;;
  esac
  stop_unit
}

# The service of a timer that has begun is not stopped: it sees that it is late.
stop_unit() {
  [ ! -s "$dir/unit" ] || systemctl stop "$(cat "$dir/unit").timer" 2>/dev/null
  return 0
}

save() {
  [ ! -e "$dir/saved" ] || exit 0
  [ -e "$dir/confirmed" ] || die 14 "run $run is not confirmed on the router"
  ! at_work || die 11 "$(cat "$state/lock/user" 2>/dev/null) is changing the router: what run $owner has typed would be saved, too"
  disarm_timer # a confirmation that was killed has not
  said=$(vtysh -c 'write memory' 2>&1)
  running >"$dir/now.run"
  if [ "$(sorted "$conf")" != "$(sorted "$dir/now.run")" ]; then
    kept=$(cat "$dir/kept")
    [ ! -e "$kept" ] || replace "$kept"
    die 15 "write memory: $said"
  fi
  mv -f "$dir/confirmed" "$dir/saved"
  unlock
}

mkdir -p "$state" || die 12 "$state cannot be made"
case $verb in
read)
  need
  mark version; vtysh -c 'show version'
  mark runs; tell
  mark startup; cat "$conf"
  mark running; running || die 12 "vtysh shows no whole running configuration"
  mark done
  ;;
tell) tell ;;
running) running || die 12 "vtysh shows no whole running configuration" ;;
scratch) scratch ;;
arm) alone 90; arm "$@" ;;
apply)
  block=$(mktemp "$state/block.XXXXXX") || die 12 "no room in $state"
  trap 'rm -f "$block"' EXIT
  take "$block" "$3"
  alone 90
  [ -e "$dir/armed" ] || die 14 "run $run is not armed on the router any more"
  vtysh -f "$block" 2>&1
  ;;
exec)
  lines=$(mktemp "$state/lines.XXXXXX") || die 12 "no room in $state"
  trap 'rm -f "$lines"' EXIT
  take "$lines" "$3"
  alone 90
  while read -r line; do vtysh -c "$line" 2>&1 </dev/null; done <"$lines"
  ;;
ask)
  while read -r line; do vtysh -c "$line" 2>&1; mark next; done
  ;;
confirm)
  alone 30
  [ ! -e "$dir/saved" ] || exit 0
  [ -e "$dir/confirmed" ] || mv "$dir/armed" "$dir/confirmed" 2>/dev/null || die 14 "run $run is not armed on the router any more"
  disarm_timer
  ;;
save) alone 90; save ;;
timer | revert)
  if [ "$verb" = timer ]; then alone 3600; else alone 90; fi
  if [ ! -e "$dir/firing" ]; then
    [ ! -e "$dir/reverted" ] || exit 0
    mv "$dir/armed" "$dir/firing" 2>/dev/null || die 14 "run $run is not armed on the router any more"
  fi
  # The timer stays until the old configuration is back: it takes over from a revert
  # that is killed.
  restore || die 16 "the configuration of before did not come back: see $dir"
  [ "$verb" = timer ] || disarm_timer
  ;;
*) die 64 "no such verb: $verb" ;;
esac
