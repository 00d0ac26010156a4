"""`make torture`: the attack on sale and money while everything dies, and the auditor that checks what is left."""
