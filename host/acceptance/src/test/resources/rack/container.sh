#!/bin/sh
# Starts a program in an unpacked image as a container engine would: processes of its own, a root that nobody can write,
# the image's volumes, a user without privilege. To be run by: unshare --mount --pid --fork --kill-child
#   container.sh ROOT USER FOLDER VOLUME... -- PROGRAM ARGUMENT...
# Volumes are kept in FOLDER. The environment is the program's.
set -eu
path=$PATH
PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$1 user=$2 folder=$3
shift 3
mount --make-rprivate /
mkdir -p "$root/proc" "$root/dev" "$root/sys"
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  mkdir -p "$folder$1"
  chmod 777 "$folder$1"
  mount --bind "$folder$1" "$root$1"
  shift
done
shift
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || true
mount -t tmpfs -o size=64k tmpfs "$root/dev"
for device in null zero random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -o remount,ro,bind "$root"
exec env PATH="$path" /usr/bin/setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid /usr/sbin/chroot --userspec="$user" "$root" "$@"
