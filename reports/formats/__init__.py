"""The file formats of reports: each has `write(result, file)` and takes rows one by one."""
