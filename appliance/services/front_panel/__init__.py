"""The front panel: buttons, lights, display and relays of the device, real or drawn.

```text
buttons        what hands do: edges with times in, gestures out
touches        the fingers of everybody, at the device and at the drawing
hands          whose fingers they are, and the orders they give
deeds          what a gesture does
editing        an address digit by digit
network_setup  network set-up at the display, from the first digit to the settings

watch          a look at the appliance, once a second
facts          what it is doing, as the panel tells it
conditions     what is wrong, in the words relays know

leds           whether a light is lit, from its pattern and the time
lights         all lights of a board, by what they follow
relays         whether a relay is switched, from what is wrong and for how long
outputs        lights and relays at their pins

pages          what the display says, as lines of text
face           which page is to be seen
drawing        a page as a picture
painting       pictures at the display of the device

view           all of it for the dashboard and the console
mechanism      all of these joined, without hardware and thread
panel          the service: thread, hardware, and what views may do
```
`buttons`, `editing`, `leds`, `relays`, `pages` and `drawing` are pure; time is handed in everywhere.
"""
