"""Files of a report: each format has `write(result, file)`, and takes rows one by one."""
