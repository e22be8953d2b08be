#!/bin/sh
# Prints a greeting for people.
here=$(dirname "$0")
echo $$ >> "$here/pids"
echo 'Tesseract Open Source OCR Engine'
exec sleep 1000
