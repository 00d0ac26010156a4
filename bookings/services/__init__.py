"""What changes a booking, one verb a file. Views, console, API and tasks all call these."""
