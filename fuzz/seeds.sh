#!/usr/bin/env bash
# Fills corpus/ with what a fuzzer is to start from: the seeds kept here, what was found before, and
# pieces of the real images in ../corpus/tiny. Needs tar, gzip and the like; removes nothing.
set -euo pipefail
cd "$(dirname "$0")"
tiny=../corpus/tiny
# Large inputs are slow and teach a fuzzer little that small ones do not.
large=40000

# put TARGET NAME PREFIX FILE: one input. The prefix is in the notation of printf.
put() {
  mkdir -p "corpus/$1"
  { printf '%b' "$3"; cat "$4"; } >"corpus/$1/$2"
}

for kind in seeds regressions; do
  for file in "$kind"/*/*; do
    [ -f "$file" ] || continue
    put "$(basename "$(dirname "$file")")" "$(basename "$file")" '' "$file"
  done
done

for archive in "$tiny"/*/left.tar; do
  name=$(basename "$(dirname "$archive")")
  [ "$(wc -c <"$archive")" -le "$large" ] || continue
  put container "$name" '\x01' "$archive"
  put tar_walk "$name" '\x01\x07\xff\x40' "$archive"
done

# Of the layouts in directories, each blob by what it holds.
for blob in "$tiny"/*-dir/left/blobs/sha256/*; do
  name=$(basename "$blob" | cut -c 1-12)
  case $(head -c 1 "$blob") in
    '{')
      for document in 1 2 7; do put json_document "$name-$document" "\\x0$document" "$blob"; done
      ;;
    *)
      put decompress "$name" '' "$blob"
      put layer "$name" '\x00' "$blob"
      gzip -dc "$blob" >corpus/layer.tar
      put layer "$name-plain" '\x03' corpus/layer.tar
      put tar_walk "$name" '\x01\x07\xff\x40' corpus/layer.tar
      rm corpus/layer.tar
      ;;
  esac
done
for index in "$tiny"/*-dir/left/index.json; do
  put json_document "$(basename "$(dirname "$(dirname "$index")")")" '\x00' "$index"
done

# layers DIRECTORY: the digests in its manifest, without that of the configuration.
layers() {
  cat $(grep -lE '"layers" *:' "$1"/blobs/sha256/*) | tr -d ' \n' | sed 's/.*"layers"//' \
    | grep -o 'sha256:[0-9a-f]*' | cut -d : -f 2
}

# Layers that stand for one another, each filled up with zeros to the length of the longer.
for image in "$tiny"/*-dir; do
  [ -d "$image/left/blobs" ] || continue
  paste <(layers "$image/left") <(layers "$image/right") | while read -r left right; do
    left=$image/left/blobs/sha256/$left right=$image/right/blobs/sha256/$right
    # Annotations have digests too.
    [ -f "$left" ] && [ -f "$right" ] || continue
    gzip -dc "$left" >corpus/left.tar
    gzip -dc "$right" >corpus/right.tar
    truncate -s '>'"$(wc -c <corpus/right.tar)" corpus/left.tar
    truncate -s '>'"$(wc -c <corpus/left.tar)" corpus/right.tar
    cat corpus/left.tar corpus/right.tar >corpus/pair.tar
    if [ "$(wc -c <corpus/pair.tar)" -le "$large" ]; then
      put compare "$(basename "$left" | cut -c 1-12)" '\x09' corpus/pair.tar
    fi
  done
  rm -f corpus/left.tar corpus/right.tar corpus/pair.tar
done

# Real files of every format, each with a copy in which one byte in the middle is another.
for file in ../corpus/formats/*/* ../corpus/formats/packages/*/*; do
  [ -f "$file" ] && [ "$(wc -c <"$file")" -le "$large" ] || continue
  half=$(($(wc -c <"$file") / 2))
  { head -c "$half" "$file"; printf '#'; tail -c +$((half + 2)) "$file"; } >corpus/other
  cat "$file" corpus/other >corpus/pair
  put content "$(basename "$file")" '\x00' corpus/pair
  case $file in
    */rpm/*) for name in 5 6 7; do put content "$name-$(basename "$file")" "\\x0$name" corpus/pair; done ;;
    *) ;;
  esac
done
rm -f corpus/other corpus/pair

# Layers packed with zstd lie in archives; they are known by the magic number.
archive=$tiny/buildkit-oci-zstd/left.tar
tar -tf "$archive" | grep 'blobs/sha256/.' | while read -r member; do
  tar -xOf "$archive" "$member" >corpus/blob
  if [ "$(head -c 4 corpus/blob | od -An -tx1)" = ' 28 b5 2f fd' ]; then
    put decompress "$(basename "$member" | cut -c 1-12)" '' corpus/blob
  fi
done
rm corpus/blob

find corpus -mindepth 1 -maxdepth 1 -type d | sort | while read -r target; do
  echo "$(find "$target" -type f | wc -l) inputs in $target"
done
