"""Money: payments, refunds, gateways, drawers and reconciliation. It knows bookings by foreign key alone."""
