#!/bin/bash
# Runs as init inside the lab kernel, whose root is the machine's own file tree, read-only: makes what a booted system
# has, loads IPVS, and hands over to the lab's driver. The LAB_ variables come from the kernel's command line.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/run TMPDIR=/run/tmp LC_ALL=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mount -t tmpfs none /mnt
mkdir -p /run/tmp /run/netns /mnt/lib
# modprobe -d wants DIR/lib/modules.
ln -s /usr/lib/uml/modules /mnt/lib/modules
modprobe -d /mnt -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_lblc ip_vs_lblcr ip_vs_dh ip_vs_sh ip_vs_sed ip_vs_nq \
  ip_vs_fo ip_vs_ovf ip_vs_mh ip_vs_ftp sctp veth bridge ipip dummy bonding sch_netem \
  ip_tables iptable_filter iptable_mangle ip6_tables ip6table_filter ip6table_mangle xt_mark xt_tcpudp xt_multiport \
  nf_conntrack xt_conntrack || echo "lab: a module is missing"
# The kernel asks for modules again and again that it has or that do not exist; each time a process looked in vain.
echo >/proc/sys/kernel/modprobe
ip link set lo up
cd /run || exit
"$LAB_NODE" "$LAB_DRIVER" "$LAB_GROUP"
echo "@end $?"
poweroff -f 2>/dev/null
# Where no init system brought a poweroff.
echo o >/proc/sysrq-trigger
