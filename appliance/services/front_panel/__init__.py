"""The front panel: buttons, lights, display and relays of the device, real or drawn.

```text
buttons   what hands do: edges with times in, gestures out
editing   network set-up digit by digit
leds      whether a light is lit, from its pattern and the time
relays    whether a relay is switched, from what is wrong and for how long
pages     what the display says, as lines of text
drawing   a page as a picture
facts     what the appliance is doing, as the panel tells it
panel     the service that joins them
```
All but `facts` and `panel` are pure: time is handed in.
"""
